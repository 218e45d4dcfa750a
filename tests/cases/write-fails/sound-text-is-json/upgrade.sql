CREATE FUNCTION polls_forward() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF (NEW.json_data::json ->> 'at')::bigint < (OLD.json_data::json ->> 'at')::bigint THEN
        RAISE EXCEPTION 'polls go forward';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER polls_forward BEFORE UPDATE ON polls FOR EACH ROW EXECUTE FUNCTION polls_forward();
