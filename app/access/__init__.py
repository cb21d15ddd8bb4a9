"""Access 操作员: who may sit at the desk."""
