"""The pre-flight check 体检 (DOMAIN §9): what is looked at, in one page a subject, and the catalogue of it all."""
