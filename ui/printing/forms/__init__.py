"""Papers of a fixed form: vouchers, covers, labels for archive boxes, the sheet by which a printer is set right."""
