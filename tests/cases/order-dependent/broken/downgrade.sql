UPDATE users SET city = NULL;
