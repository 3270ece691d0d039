"""La recherche du bandeau : sans accent, dans n'importe quel ordre, et dans ses droits."""

import pytest
from django.urls import reverse

from tests.fabriques import BeneficiaireFactory


def chercher(client, utilisateur, texte):
    client.force_login(utilisateur)
    reponse = client.get(reverse("reporting:recherche"), {"q": texte})
    assert reponse.status_code == 200
    return reponse.content.decode()


@pytest.mark.parametrize("texte", ["elodie", "ÉLODIE", "lefevre élo", "Lefèvre", "fevr"])
def test_une_personne_se_trouve_sans_accent(client, chantier, texte):
    """Accents, casse et ordre des mots n'ont pas d'importance."""
    BeneficiaireFactory(structure=chantier.structure, prenom="Élodie", nom_naissance="Lefèvre")
    assert "Élodie Lefèvre" in chercher(client, chantier.facilitateur, texte)


@pytest.mark.parametrize("texte", ["residence peupliers", "Peupliers résidence"])
def test_une_operation_se_trouve_sans_accent_ni_ordre(client, chantier, texte):
    """Comme dans la liste des opérations : chaque mot, où qu'il soit."""
    assert "Résidence Les Peupliers</a>" in chercher(client, chantier.facilitateur, texte)


def test_chacun_ne_trouve_que_le_sien(client, chantier):
    """L'autre structure ne trouve ni la personne, ni l'opération ; l'acheteur jamais la personne."""
    personne = chantier.personnes[0]
    for compte in (chantier.autre_facilitateur, chantier.compte_acheteur, chantier.compte_entreprise):
        assert personne.nom_complet not in chercher(client, compte, personne.nom_naissance)
    assert "Résidence Les Peupliers</a>" not in chercher(client, chantier.autre_facilitateur, "peupliers")
    assert "Résidence Les Peupliers</a>" in chercher(client, chantier.compte_acheteur, "peupliers")


@pytest.mark.parametrize("texte", ["%", "a", "' OR 1=1 --", "\x00\x00", "_" * 200, "<script>"])
def test_une_recherche_hostile_ou_trop_courte(client, chantier, texte):
    """Une page, jamais une erreur ; le texte ressort échappé."""
    page = chercher(client, chantier.facilitateur, texte)
    assert "<script>alert" not in page
    assert chantier.personnes[0].nom_complet not in page
