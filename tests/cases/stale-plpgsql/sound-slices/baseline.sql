CREATE TABLE readings (id integer PRIMARY KEY, grid integer[]);
CREATE FUNCTION rows_of(grid anyarray, OUT one anyarray) RETURNS SETOF anyarray LANGUAGE plpgsql AS
$$ BEGIN
    FOREACH one SLICE 1 IN ARRAY grid LOOP
        RETURN NEXT;
    END LOOP;
END $$;
