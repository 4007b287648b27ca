-- The audit log only grows. An entry is given its place in the chain once, and nothing else of it
-- ever changes; the head only moves on. Whoever may change the schema can take these away, which
-- `cp2 audit verify` says.
CREATE TRIGGER audit_is_added BEFORE INSERT ON audit
WHEN NEW.number IS NOT NULL OR NEW.hash IS NOT NULL
    OR EXISTS (SELECT 1 FROM audit WHERE id = NEW.id) BEGIN
    SELECT RAISE(ABORT, 'the audit log only grows');
END;

CREATE TRIGGER audit_is_kept BEFORE UPDATE ON audit
WHEN OLD.number IS NOT NULL OR OLD.hash IS NOT NULL OR NEW.number IS NULL OR NEW.hash IS NULL
    OR NEW.id <> OLD.id OR NEW.at <> OLD.at OR NEW.actor <> OLD.actor
    OR NEW.subject IS NOT OLD.subject OR NEW.what <> OLD.what OR NEW.way <> OLD.way
    OR NEW.detail IS NOT OLD.detail BEGIN
    SELECT RAISE(ABORT, 'the audit log only grows');
END;

-- Only the beginning of the chain is forgotten, by its age, after `gone_number` has moved on: then
-- nobody takes out a single entry unseen.
CREATE TRIGGER audit_is_never_erased BEFORE DELETE ON audit
WHEN OLD.number IS NULL OR OLD.number > (SELECT gone_number FROM audit_head) BEGIN
    SELECT RAISE(ABORT, 'the audit log only grows');
END;

CREATE TRIGGER audit_head_moves_on BEFORE UPDATE ON audit_head
WHEN NEW.number < OLD.number OR (NEW.number = OLD.number AND NEW.hash <> OLD.hash)
    OR NEW.one <> OLD.one BEGIN
    SELECT RAISE(ABORT, 'the audit log only grows');
END;

CREATE TRIGGER audit_head_is_one BEFORE INSERT ON audit_head BEGIN
    SELECT RAISE(ABORT, 'the audit log only grows');
END;

CREATE TRIGGER audit_head_stays BEFORE DELETE ON audit_head BEGIN
    SELECT RAISE(ABORT, 'the audit log only grows');
END;
