ALTER SEQUENCE parcels_id_seq RENAME TO parcel_numbers;
