"""The shelves 库房: papers filed, bound into volumes 案卷 under archive codes 档号, and found again."""
