"""Registry 人员与户: villages, households, people, their accounts, and the lists they are compared with."""
