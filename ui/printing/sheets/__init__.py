"""A sheet model (app.reports.sheet_model) as pages: columns fitted, rows wrapped, sums of the page, signatures at the end."""
