"""Single payments of a batch 单笔款项: stopped, restored, closed unpaid."""
