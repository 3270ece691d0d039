"""L'acheteur répond à un bilan : visa, pénalité réduite ou abandonnée ; rien ne change ensuite, et personne d'autre ne répond."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from reporting.avis_bilans import viser
from reporting.models import Bilan, DecisionPenalite, EtatBilan, VisaBilan
from tests.lire_html import texte


def _client(utilisateur) -> Client:
    client = Client()
    client.force_login(utilisateur)
    return client


@pytest.fixture
def acheteur(paysage):
    return _client(paysage.compte_acheteur)


def _viser(client: Client, bilan: Bilan, **champs: str):
    envoi = {"reponse": "approuve", "commentaire": ""} | champs
    return client.post(reverse("reporting:bilan_viser", args=[bilan.pk]), envoi)


def _penaliser(client: Client, bilan: Bilan, **champs: str):
    envoi = {"issue": "reduite", "retenue": "400,50", "motif": "Deux mois d’arrêt du chantier."} | champs
    return client.post(reverse("reporting:bilan_penalite", args=[bilan.pk]), envoi)


def _page(client: Client, bilan: Bilan) -> str:
    return texte(client.get(reverse("reporting:bilan_detail", args=[bilan.pk])).content.decode())


# --- le visa ---------------------------------------------------------------------------------------------------------


def test_l_acheteur_approuve_et_le_facilitateur_le_lit(paysage, acheteur):
    facilitateur = _client(paysage.facilitateur)
    assert "n’a pas encore répondu à ce bilan" in _page(facilitateur, paysage.bilan)
    assert _viser(acheteur, paysage.bilan).status_code == 302
    lu = _page(facilitateur, paysage.bilan)
    assert "Bilan approuvé" in lu
    assert paysage.compte_acheteur.get_full_name() in lu
    assert "Bilan approuvé" in texte(facilitateur.get(reverse("reporting:bilan_liste")).content.decode())


@pytest.mark.parametrize("reponse", ["reserves", "refuse"])
def test_des_reserves_se_motivent(paysage, acheteur, reponse):
    refus = _viser(acheteur, paysage.bilan, reponse=reponse, commentaire=" ")
    assert refus.status_code == 422
    page = refus.content.decode()
    assert "écrivez le commentaire" in texte(page)
    assert (
        f'value="{reponse}"' in page and 'name="commentaire"' in page
    )  # le choix reste à finir, rien ne passe pour donné
    assert f"par {paysage.compte_acheteur.get_full_name()}" not in texte(page)
    assert not VisaBilan.objects.filter(bilan=paysage.bilan).exists()
    assert _viser(acheteur, paysage.bilan, reponse=reponse, commentaire="Lot 2 à revoir.").status_code == 302
    assert "Lot 2 à revoir." in _page(acheteur, paysage.bilan)


@pytest.mark.parametrize(
    ("champs", "phrase"),
    [
        ({"reponse": ""}, "obligatoire"),
        ({"reponse": "peut-être"}, "peut-être"),
        ({"commentaire": "Voir 2 84 04 69 123 456 78"}, "numéro de sécurité sociale"),
    ],
    ids=["vide", "inconnue", "nir"],
)
def test_une_reponse_fausse_ne_change_rien(paysage, acheteur, champs, phrase):
    refus = _viser(acheteur, paysage.bilan, **champs)
    assert refus.status_code == 422
    assert phrase in texte(refus.content.decode())
    assert not VisaBilan.objects.filter(bilan=paysage.bilan).exists()


def test_une_reponse_ne_se_donne_qu_une_fois(paysage, acheteur):
    _viser(acheteur, paysage.bilan)
    encore = _viser(acheteur, paysage.bilan, reponse="refuse", commentaire="Trop tard.")
    assert encore.status_code == 422
    assert "a déjà reçu votre réponse" in texte(encore.content.decode())
    assert VisaBilan.objects.get(bilan=paysage.bilan).reponse == "approuve"


def test_un_bilan_en_preparation_ne_se_vise_pas(paysage, acheteur):
    Bilan.objects.filter(pk=paysage.bilan.pk).update(etat=EtatBilan.EN_COURS, demande_par=paysage.compte_acheteur)
    refus = _viser(acheteur, paysage.bilan)
    assert refus.status_code == 422
    assert "pas encore prêt" in texte(refus.content.decode())


def test_seul_l_acheteur_du_marche_repond(paysage):
    """Le facilitateur ne répond pas à sa place ; ni, par le service, un acheteur qui n'a pas signé ce marché."""
    for utilisateur in (paysage.facilitateur, paysage.autre_compte_acheteur):
        with pytest.raises(PermissionDenied):
            viser(bilan=paysage.bilan, reponse="approuve", commentaire="", par=utilisateur)


# --- la pénalité -----------------------------------------------------------------------------------------------------


def test_une_penalite_reduite_garde_la_proposition(paysage, acheteur):
    assert "1\u202f200\u00a0€" in _page(acheteur, paysage.bilan)
    assert _penaliser(acheteur, paysage.bilan).status_code == 302
    decision = DecisionPenalite.objects.get(bilan=paysage.bilan)
    assert (decision.proposee_euros, decision.retenue_euros) == (Decimal(1200), Decimal("400.50"))
    lu = _page(_client(paysage.facilitateur), paysage.bilan)
    assert "Appliquer un montant moindre" in lu
    assert "Deux mois d’arrêt du chantier." in lu


@pytest.mark.parametrize(
    ("champs", "phrase"),
    [
        ({"retenue": "1200"}, "montant moindre est inférieur"),
        ({"retenue": "1500"}, "montant moindre est inférieur"),
        ({"retenue": ""}, "Écrivez le montant retenu"),
        ({"retenue": "-5"}, "négatif"),
        ({"motif": ""}, "obligatoire"),
        ({"issue": ""}, "obligatoire"),
    ],
    ids=["autant", "plus", "vide", "négatif", "sans motif", "sans décision"],
)
def test_une_decision_fausse_garde_ce_qui_est_tape(paysage, acheteur, champs, phrase):
    refus = _penaliser(acheteur, paysage.bilan, **champs)
    page = refus.content.decode()
    assert refus.status_code == 422
    assert phrase in texte(page)
    assert "motif" in champs or "Deux mois d’arrêt du chantier." in texte(page)
    assert not DecisionPenalite.objects.filter(bilan=paysage.bilan).exists()


def test_une_decision_ne_se_prend_qu_une_fois(paysage, acheteur):
    _penaliser(acheteur, paysage.bilan)
    encore = _penaliser(acheteur, paysage.bilan, issue="abandonnee", retenue="")
    assert "a déjà été décidée" in texte(encore.content.decode())
    assert DecisionPenalite.objects.get(bilan=paysage.bilan).issue == "reduite"


def test_sans_penalite_proposee_rien_ne_se_decide(paysage, acheteur):
    donnees = {cle: valeur for cle, valeur in paysage.bilan.donnees.items() if not cle.startswith("penalite")}
    Bilan.objects.filter(pk=paysage.bilan.pk).update(donnees=donnees)
    assert "La pénalité que prévoit le marché" not in _page(acheteur, paysage.bilan)
    refus = _penaliser(acheteur, paysage.bilan)
    assert "ne propose pas de pénalité" in texte(refus.content.decode())
