INSERT INTO hits SELECT g, '2025-01-01'::date + g FROM generate_series(1, 50) g;
