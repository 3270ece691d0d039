"""Les listes en pages : chaque ligne se lit une fois."""

import django_tables2 as tables
import pytest

from comptes.listes import LIGNES_PAR_PAGE, mettre_en_pages
from comptes.models import Organisation
from tests.fabriques import PrescripteurFactory

PAGES = 10


class Prescripteurs(tables.Table):
    class Meta:
        model = Organisation
        fields = ("nom", "commune")


@pytest.mark.django_db
@pytest.mark.parametrize("tri", ["commune", "-commune"])
def test_des_lignes_a_egalite_ne_se_repetent_pas_d_une_page_a_l_autre(rf, tri):
    """Toutes de la même commune : PostgreSQL, libre de l'ordre, le change avec la page demandée."""
    Organisation.objects.bulk_create(PrescripteurFactory.build_batch(PAGES * LIGNES_PAR_PAGE, commune="Lyon"))
    lues = []
    for page in range(1, PAGES + 1):
        table = Prescripteurs(Organisation.objects.all())
        mettre_en_pages(rf.get("/", {"sort": tri, "page": page}), table)
        lues += [ligne.record.pk for ligne in table.paginated_rows]
    assert len(set(lues)) == len(lues) == PAGES * LIGNES_PAR_PAGE
