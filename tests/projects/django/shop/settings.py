SECRET_KEY = "a shop of tests"
INSTALLED_APPS = ["django.contrib.contenttypes", "items"]
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "shop.sqlite3"}}
