"""The roster 花名册 of one program and period: what its rows say, checked against registry and policy, becomes enrolments."""
