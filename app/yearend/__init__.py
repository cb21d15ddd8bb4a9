"""The year's end 年终结账: what stops it, what is carried, who goes on; and the way back 反结账."""
