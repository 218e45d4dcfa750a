from django.db import models


class Item(models.Model):
    name = models.TextField()
    price = models.DecimalField(max_digits=10, decimal_places=2, null=True)

    class Meta:
        db_table = "items"
