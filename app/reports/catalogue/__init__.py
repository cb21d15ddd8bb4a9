"""The catalogue of reports: each one entry (name, parameters, columns, grouping, who may make it) and one layout."""
