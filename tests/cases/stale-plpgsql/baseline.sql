CREATE TABLE members (id integer PRIMARY KEY, mail text);
CREATE FUNCTION forget(who integer) RETURNS void LANGUAGE plpgsql AS
    $$ BEGIN UPDATE members SET mail = NULL WHERE id = who; END $$;
