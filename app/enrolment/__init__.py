"""Enrolment 享受对象: who is entitled to what; an accepted roster 花名册 becomes the enrolments of its period."""
