"""Une expression écrite en SQL une fois pour toutes.

Bâtir, puis traduire une douzaine de sous-requêtes prend à Django plus de temps qu'à PostgreSQL pour y répondre. Quand elles ne dépendent
de rien, on garde leur traduction.
"""

from collections.abc import Mapping

from django.db import NotSupportedError
from django.db.models import Expression, Field, Model, Q
from django.db.models.expressions import RawSQL


class ExpressionEcrite(RawSQL):
    """Elle nomme la table qu'elle lit : dans une sous-requête, où la table prend un autre nom, elle refuse au lieu de se tromper."""

    def relabeled_clone(self, change_map: Mapping[str, str]) -> "ExpressionEcrite":
        raise NotSupportedError("Une expression écrite ne s’emboîte pas dans une autre requête.")


def ecrire(modele: type[Model], expression: Expression | Q, champ: Field) -> ExpressionEcrite:
    """Rend la traduction de l'expression, du type `champ`, à mettre dans une requête sur `modele`."""
    requete = modele._base_manager.order_by().annotate(ecrite=expression).values("ecrite").query
    sql, valeurs = requete.sql_with_params()
    debut, fin = "SELECT ", f' AS "ecrite" FROM "{modele._meta.db_table}"'
    return ExpressionEcrite(sql.removeprefix(debut).removesuffix(fin), valeurs, champ)
