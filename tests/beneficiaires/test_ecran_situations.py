"""Situations qui ouvrent droit et pièces vues : dates, âges, avis, pièces trop anciennes, doubles."""

from datetime import date

import pytest

from beneficiaires.models import Justificatif, Situation
from beneficiaires.services.consultations import noter_consultation
from tests.fabriques import BeneficiaireFactory, JustificatifFactory, SituationFactory

SAISIE = {
    "critere": "RSA",
    "date_debut": "06/11/2025",
    "date_fin": "",
    "organisme_avis": "",
    "precision": "",
    "piece-piece": "",
    "piece-date_piece": "",
    "piece-vu_le": "17/11/2026",
}


@pytest.fixture
def personne(paysage):
    return BeneficiaireFactory(structure=paysage.structure, prenom="Assia", date_naissance=date(1984, 4, 8))


@pytest.fixture
def adresse(personne):
    return f"/personnes/{personne.pk}/situations/creer/"


@pytest.fixture
def saisie(paysage):
    return SAISIE | {"piece-vu_par": str(paysage.facilitateur.pk)}


def test_une_situation_sans_piece(facilitateur, adresse, personne, saisie, lire):
    """Gardée, et la page dit quelle pièce il reste à voir."""
    reponse = facilitateur.post(adresse, saisie, follow=True)
    assert reponse.redirect_chain[-1][0] == f"/personnes/{personne.pk}/"
    assert "Il reste à voir la pièce : attestation RSA." in lire(reponse)
    situation = personne.situations.get()
    assert (situation.critere, situation.date_debut, situation.date_fin) == ("RSA", date(2025, 11, 6), None)
    assert not situation.justificatifs.exists()


def test_une_situation_avec_sa_piece(facilitateur, paysage, adresse, personne, saisie):
    """La pièce vue s'enregistre en même temps ; sans nom, elle prend celui que le critère attend."""
    facilitateur.post(adresse, saisie | {"piece-date_piece": "02/11/2026", "piece-vu_le": "09/11/2026"})
    piece = Justificatif.objects.get(situation__beneficiaire=personne)
    assert (piece.piece, piece.date_piece, piece.vu_le) == ("attestation RSA", date(2026, 11, 2), date(2026, 11, 9))
    assert piece.vu_par == paysage.facilitateur


def test_une_piece_trop_ancienne_se_garde_et_se_dit(facilitateur, adresse, personne, saisie, lire):
    """Attestation RSA du 16 août : elle valait trois mois, jusqu'au 15 novembre. Le fait est gardé, avec la phrase."""
    texte = lire(facilitateur.post(adresse, saisie | {"piece-date_piece": "16/08/2026"}, follow=True))
    assert (
        "la pièce du 16 août 2026 valait jusqu’au 15 novembre 2026 inclus (3 mois). Demandez-en une plus récente."
        in texte
    )
    assert Justificatif.objects.filter(situation__beneficiaire=personne).count() == 1


def test_une_piece_du_dernier_jour_vaut_encore(facilitateur, adresse, personne, saisie, lire):
    """Attestation du 18 août : le 17 novembre est son dernier jour."""
    texte = lire(facilitateur.post(adresse, saisie | {"piece-date_piece": "18/08/2026"}, follow=True))
    assert "la pièce est enregistrée" in texte
    assert "valait jusqu’au" not in texte


@pytest.mark.parametrize(
    ("changements", "champ", "phrase"),
    [
        ({"critere": ""}, "critere", "Choisissez le critère."),
        ({"critere": "INVENTE"}, "critere", "INVENTE"),
        ({"date_debut": ""}, "date_debut", "Écrivez depuis quand"),
        ({"date_debut": "31/02/2025"}, "date_debut", "n’existe pas"),
        ({"date_debut": "18/11/2026"}, "date_debut", "dans le futur\u00a0: 18 novembre 2026"),
        ({"date_debut": "07/04/1984"}, "date_debut", "avant la naissance"),
        ({"date_fin": "05/11/2025"}, "date_fin", "ne peut pas finir avant d’avoir commencé"),
        ({"date_fin": "05/11/0025"}, "date_fin", "quatre chiffres"),
        ({"critere": "JEUNE"}, "date_debut", "il faut moins de 26\u00a0ans"),
        ({"critere": "SENIOR"}, "date_debut", "il en faut au moins 50"),
        ({"critere": "AUTRE_AVIS"}, "organisme_avis", "choisissez l’organisme"),
        ({"organisme_avis": "FT"}, "organisme_avis", "ne demande pas d’avis"),
        ({"critere": "TH", "precision": "dos"}, "precision", "Étape ne garde aucun détail"),
        ({"precision": "284046912345678"}, "precision", "numéro de sécurité sociale"),
    ],
)
def test_une_situation_refusee_garde_la_saisie(facilitateur, adresse, personne, saisie, changements, champ, phrase):
    """Une phrase au bon champ, ce qui est tapé reste, rien n'est écrit."""
    reponse = facilitateur.post(adresse, saisie | changements)
    assert phrase in " ".join(reponse.context["form"].errors[champ])
    assert set(reponse.context["form"].errors) == {champ}
    assert "<title>Erreur" in reponse.content.decode()
    assert changements.get("date_debut", "06/11/2025") in reponse.content.decode()
    assert not personne.situations.exists()


@pytest.mark.parametrize(
    ("changements", "champ"),
    [
        ({"piece-date_piece": "18/11/2026"}, "date_piece"),
        ({"piece-date_piece": "10/11/2026", "piece-vu_le": "09/11/2026"}, "vu_le"),
        ({"piece-date_piece": "10/11/2026", "piece-vu_le": "18/11/2026"}, "vu_le"),
        ({"piece-piece": "Attestation RSA"}, "date_piece"),
        ({"piece-date_piece": "10/11/2026", "piece-piece": "284046912345678"}, "piece"),
    ],
)
def test_une_piece_refusee_retient_tout(facilitateur, adresse, personne, saisie, changements, champ):
    """Pièce du futur, vue avant sa date, sans date : ni la pièce ni la situation ne sont écrites."""
    reponse = facilitateur.post(adresse, saisie | changements)
    assert champ in reponse.context["piece"].errors
    assert not personne.situations.exists()


def test_l_avis_motive_nomme_son_organisme(facilitateur, adresse, personne, saisie):
    """L'avis d'un organisme se garde avec la situation."""
    facilitateur.post(adresse, saisie | {"critere": "AUTRE_AVIS", "organisme_avis": "PLIE"})
    assert personne.situations.get().organisme_avis == "PLIE"


def test_la_meme_situation_deux_fois(facilitateur, adresse, personne, saisie):
    """Un double envoi, ou le même critère sur des jours communs : refusé, avec la période déjà là."""
    assert facilitateur.post(adresse, saisie).status_code == 302
    for debut in ("06/11/2025", "01/01/2026"):
        reponse = facilitateur.post(adresse, saisie | {"date_debut": debut})
        assert "déjà enregistré depuis le 6 novembre 2025" in " ".join(reponse.context["form"].errors["date_debut"])
    assert (
        facilitateur.post(adresse, saisie | {"date_debut": "01/01/2025", "date_fin": "05/11/2025"}).status_code == 302
    )
    assert personne.situations.count() == 2


def test_modifier_une_situation(facilitateur, personne, lire):
    """Donner une fin à une situation ; ses propres dates ne se heurtent pas à elles-mêmes."""
    situation = SituationFactory(beneficiaire=personne, critere="TH", date_debut=date(2025, 1, 1))
    donnees = {
        "critere": "TH",
        "date_debut": "01/01/2025",
        "date_fin": "31/12/2028",
        "organisme_avis": "",
        "precision": "",
    }
    reponse = facilitateur.post(f"/situations/{situation.pk}/modifier/", donnees, follow=True)
    assert "gardent les faits d’alors" in lire(reponse)
    situation.refresh_from_db()
    assert situation.date_fin == date(2028, 12, 31)


@pytest.fixture
def situation(personne):
    return SituationFactory(beneficiaire=personne, critere="QPV", date_debut=date(2025, 1, 1))


def test_ajouter_une_piece(facilitateur, paysage, situation, lire):
    """La page dit la pièce attendue et sa durée ; vue par un collègue, elle porte son nom."""
    adresse = f"/situations/{situation.pk}/justificatifs/creer/"
    assert "Pièce attendue : justificatif de domicile, de moins de 6 mois." in lire(facilitateur.get(adresse))
    donnees = {
        "piece": "Facture",
        "date_piece": "12/10/2026",
        "vu_le": "12/10/2026",
        "vu_par": str(paysage.facilitateur.pk),
    }
    assert facilitateur.post(adresse, donnees).headers["Location"] == f"/personnes/{situation.beneficiaire_id}/"
    reponse = facilitateur.post(adresse, donnees | {"piece": "FACTURE"})
    assert reponse.context["form"].errors["piece"] == ["Cette pièce, de cette date, est déjà enregistrée."]
    assert situation.justificatifs.count() == 1
    assert "Facture, vue le 12 octobre 2026" in lire(facilitateur.get(adresse))


@pytest.fixture
def piece_ancienne(paysage):
    """Une pièce du 30 juin 2024, six mois avant le début noté de la situation."""
    return {
        "piece": "Facture",
        "date_piece": "30/06/2024",
        "vu_le": "12/10/2026",
        "vu_par": str(paysage.facilitateur.pk),
    }


def test_une_piece_plus_ancienne_que_la_situation_demande_si_elle_durait_deja(
    facilitateur, situation, piece_ancienne, lire
):
    """Rien n'est gardé tant qu'on n'a pas répondu ; « oui » avance le début de la situation au jour de la pièce."""
    adresse = f"/situations/{situation.pk}/justificatifs/creer/"
    assert "durait-elle déjà" not in lire(facilitateur.get(adresse))
    page = lire(facilitateur.post(adresse, piece_ancienne)).replace("\u00a0", " ")
    assert (
        "La pièce est du 30 juin 2024, avant le début noté de la situation, le 1er janvier 2025. "
        "Avant ce jour, la situation ne compte pas : dites si elle durait déjà."
    ) in page
    assert "La situation durait-elle déjà ?" in page
    assert not situation.justificatifs.exists()
    page = lire(facilitateur.post(adresse, piece_ancienne | {"debut": "avancer"}, follow=True)).replace("\u00a0", " ")
    assert "La situation commence maintenant le 30 juin 2024." in page
    situation.refresh_from_db()
    assert (situation.date_debut, situation.justificatifs.count()) == (date(2024, 6, 30), 1)


def test_le_debut_d_une_situation_se_garde_et_le_rappel_le_dit(facilitateur, situation, piece_ancienne, lire):
    """« Non » : la pièce est gardée, la situation n'a pas bougé, et la phrase rappelle qu'elle ne compte pas avant."""
    adresse = f"/situations/{situation.pk}/justificatifs/creer/"
    page = lire(facilitateur.post(adresse, piece_ancienne | {"debut": "garder"}, follow=True)).replace("\u00a0", " ")
    assert "avant ce jour, la situation ne compte pas." in page
    situation.refresh_from_db()
    assert (situation.date_debut, situation.justificatifs.count()) == (date(2025, 1, 1), 1)


def test_une_piece_n_avance_pas_la_situation_sur_une_autre(facilitateur, personne, situation, piece_ancienne, lire):
    """Le même critère a déjà valu jusqu'au 30 juin 2024 : avancer les ferait se recouvrir, rien ne change."""
    SituationFactory(beneficiaire=personne, critere="QPV", date_debut=date(2023, 1, 1), date_fin=date(2024, 6, 30))
    adresse = f"/situations/{situation.pk}/justificatifs/creer/"
    page = lire(facilitateur.post(adresse, piece_ancienne | {"debut": "avancer"})).replace("\u00a0", " ")
    assert "déjà enregistré du 1er janvier 2023 au 30 juin 2024 : les deux périodes se recouvrent." in page
    situation.refresh_from_db()
    assert (situation.date_debut, situation.justificatifs.exists()) == (date(2025, 1, 1), False)


def test_une_piece_se_dit_vue_par_un_membre_de_la_structure(facilitateur, paysage, situation):
    """Un compte d'ailleurs n'est pas proposé, et se refuse."""
    donnees = {"piece": "Facture", "date_piece": "12/10/2026", "vu_le": "12/10/2026"}
    reponse = facilitateur.post(
        f"/situations/{situation.pk}/justificatifs/creer/", donnees | {"vu_par": str(paysage.autre_facilitateur.pk)}
    )
    assert "vu_par" in reponse.context["form"].errors
    assert not Justificatif.objects.filter(situation=situation).exists()


def test_droits(connecter, paysage, situation, saisie):
    """Une autre structure : introuvable ; les autres profils : refusé. Rien ne s'écrit."""
    JustificatifFactory(situation=situation)
    adresses = (
        f"/personnes/{situation.beneficiaire_id}/situations/creer/",
        f"/situations/{situation.pk}/modifier/",
        f"/situations/{situation.pk}/justificatifs/creer/",
    )
    comptes = ((paysage.autre_facilitateur, 404), (paysage.compte_prescripteur, 403), (paysage.compte_acheteur, 403))
    for compte, statut in comptes:
        client = connecter(compte)
        for adresse in adresses:
            assert client.get(adresse).status_code == statut
            assert client.post(adresse, saisie).status_code == statut
    assert (Situation.objects.count(), Justificatif.objects.count()) == (1, 1)


def test_une_consultation_par_heure(paysage, personne, nombre_de_requetes):
    """Deux lectures dans l'heure : une ligne ; une heure plus tard, ou par un autre : une de plus. Une requête à chaque fois."""
    import time_machine

    with nombre_de_requetes() as requetes:
        noter_consultation(personne, paysage.facilitateur)
    assert len(requetes) == 1
    noter_consultation(personne, paysage.facilitateur)
    assert personne.consultations.count() == 1
    noter_consultation(personne, paysage.autre_facilitateur)
    with time_machine.travel("2026-11-17T11:00:00+01:00", tick=False):
        noter_consultation(personne, paysage.facilitateur)
    assert personne.consultations.count() == 3
