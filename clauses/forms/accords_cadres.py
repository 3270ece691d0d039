"""Le choix de l'accord-cadre dont un marché est issu."""

from clauses.forms.champs import ChoixParIdentifiant
from clauses.models import Marche


class ChampAccordCadre(ChoixParIdentifiant):
    """Un marché de la structure. Le formulaire pose la liste de ceux qui conviennent (`accords_cadres_possibles`)."""

    def __init__(self) -> None:
        super().__init__(
            Marche.objects.none(),
            label="Issu de l’accord-cadre",
            required=False,
            empty_label="Aucun",
            help_text="Seulement pour un marché subséquent\u00a0: il garde ses propres heures dues.",
            error_messages={
                "invalid_choice": "Ce marché n’est pas un accord-cadre possible. Choisissez-le dans la liste."
            },
        )

    def label_from_instance(self, obj: Marche) -> str:
        return f"{obj.reference}, {obj.operation.nom}"
