"""Batches 发放批次: computed from enrolments, checked, passed on by three people, stopped and reissued."""
