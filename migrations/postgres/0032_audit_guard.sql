-- The audit log only grows. An entry is given its place in the chain once, and nothing else of it
-- ever changes; the head only moves on. Whoever may change the schema can take these away, which
-- `cp2 audit verify` says.
CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log only grows';
END $$;

CREATE TRIGGER audit_is_added BEFORE INSERT ON audit FOR EACH ROW
    WHEN (NEW.number IS NOT NULL OR NEW.hash IS NOT NULL) EXECUTE FUNCTION audit_only_grows();

CREATE TRIGGER audit_is_kept BEFORE UPDATE ON audit FOR EACH ROW
    WHEN (OLD.number IS NOT NULL OR OLD.hash IS NOT NULL OR NEW.number IS NULL OR NEW.hash IS NULL
        OR (NEW.id, NEW.at, NEW.actor, NEW.subject, NEW.what, NEW.way, NEW.detail)
            IS DISTINCT FROM
            (OLD.id, OLD.at, OLD.actor, OLD.subject, OLD.what, OLD.way, OLD.detail))
    EXECUTE FUNCTION audit_only_grows();

-- Only the beginning of the chain is forgotten, by its age, after `gone_number` has moved on: then
-- nobody takes out a single entry unseen.
CREATE FUNCTION audit_forgets_its_beginning() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.number IS NULL OR OLD.number > (SELECT gone_number FROM audit_head) THEN
        RAISE EXCEPTION 'the audit log only grows';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER audit_is_never_erased BEFORE DELETE ON audit FOR EACH ROW
    EXECUTE FUNCTION audit_forgets_its_beginning();

CREATE TRIGGER audit_is_never_emptied BEFORE TRUNCATE ON audit FOR EACH STATEMENT
    EXECUTE FUNCTION audit_only_grows();

CREATE TRIGGER audit_head_moves_on BEFORE UPDATE ON audit_head FOR EACH ROW
    WHEN (NEW.number < OLD.number OR (NEW.number = OLD.number AND NEW.hash <> OLD.hash)
        OR NEW.one <> OLD.one)
    EXECUTE FUNCTION audit_only_grows();

CREATE TRIGGER audit_head_is_one BEFORE INSERT ON audit_head FOR EACH ROW
    EXECUTE FUNCTION audit_only_grows();

CREATE TRIGGER audit_head_stays BEFORE DELETE ON audit_head FOR EACH ROW
    EXECUTE FUNCTION audit_only_grows();

CREATE TRIGGER audit_head_is_never_emptied BEFORE TRUNCATE ON audit_head FOR EACH STATEMENT
    EXECUTE FUNCTION audit_only_grows();
