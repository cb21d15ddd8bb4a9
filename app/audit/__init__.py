"""The audit trail 审计日志: every act one line, each chained to the one before."""
