from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("items", "0001_initial")]
    operations = [
        migrations.AddField("item", "price", models.DecimalField(max_digits=10, decimal_places=2, null=True))
    ]
