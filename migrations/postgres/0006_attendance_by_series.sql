-- A centre may hold two exams at once, each with a manager of its own: days are signed off
-- by series. Nothing was signed off before this.
DROP TABLE attendance_days;
CREATE TABLE attendance_days (
    centre_code TEXT NOT NULL REFERENCES centres (code),
    exam        TEXT NOT NULL,
    year        BIGINT NOT NULL,
    day         TEXT NOT NULL,
    signed_by   TEXT NOT NULL,
    signed_at   BIGINT NOT NULL,
    PRIMARY KEY (centre_code, exam, year, day)
);
