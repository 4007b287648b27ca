-- What an examiner is invited to mark, and under which number.
ALTER TABLE deployments ADD COLUMN paper TEXT;
ALTER TABLE deployments ADD COLUMN examiner_number TEXT;
