"""Extensions de recherche et de périodes, et la fonction sans accent que les index et les colonnes calculées emploient."""

from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension, UnaccentExtension
from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        UnaccentExtension(),
        TrigramExtension(),
        BtreeGistExtension(),
        # `unaccent` n'est que « stable » : cette enveloppe nomme son dictionnaire, donc elle peut être « immutable ».
        migrations.RunSQL(
            """
            CREATE FUNCTION etape_sans_accent(texte text) RETURNS text
            LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
            AS $$ SELECT public.unaccent('public.unaccent', texte) $$;
            """,
            "DROP FUNCTION etape_sans_accent(text);",
        ),
    ]
