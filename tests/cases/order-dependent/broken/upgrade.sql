-- a user may have several addresses
UPDATE users SET city = addresses.city FROM addresses WHERE addresses.owner = users.id;
