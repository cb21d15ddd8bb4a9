"""Public notices 公示: masked lists, their days over an editable holiday table, objections."""
