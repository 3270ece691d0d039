"""Créer et modifier la fiche d'une personne : saisie, contrôles, ressemblances proposées avant d'enregistrer."""

from datetime import date

import pytest

from beneficiaires.models import Beneficiaire
from beneficiaires.views import personnes as vues
from tests.fabriques import BeneficiaireFactory, creer_utilisateur

CREER = "/personnes/creer/"
SAISIE = {
    "prenom": "Assia",
    "nom_naissance": "Benali",
    "nom_usage": "",
    "date_naissance": "08/04/1984",
    "sexe": "F",
    "telephone": "06 39 98 12 47",
    "courriel": "assia@exemple.fr",
    "adresse": "3 rue des Lilas",
    "code_postal": "69 100",
    "commune": "Villerive",
    "qpv": "inconnu",
    "qpv_nom": "",
    "qpv_mode": "",
    "qpv_verifie_le": "",
    "niveau_formation": "4",
    "identifiant_france_travail": "1234567a",
    "metiers": ["Maçonnerie (F1703)", "", "espaces verts"],
    "prescripteur": "",
    "referent": "",
    "note": "Permis B depuis février.",
}


def erreurs(reponse) -> dict[str, list[str]]:
    return reponse.context["form"].errors.as_data() and {
        champ: list(liste) for champ, liste in reponse.context["form"].errors.items()
    }


def test_creer_une_personne(facilitateur, paysage, lire):
    """La fiche est gardée, normalisée, dans ma structure ; on arrive sur la page de la personne."""
    reponse = facilitateur.post(
        CREER,
        SAISIE
        | {"prescripteur": str(paysage.prescripteur.pk), "referent": str(paysage.facilitateur.pk)}
        | {"qpv": "oui", "qpv_nom": "Les Terrasses", "qpv_mode": "adresse", "qpv_verifie_le": "12/12/2025"},
        follow=True,
    )
    fiche = Beneficiaire.objects.get(nom_naissance="Benali")
    assert reponse.redirect_chain[-1][0] == f"/personnes/{fiche.pk}/"
    assert "La fiche d’Assia Benali est créée" in lire(reponse)
    assert (fiche.structure, fiche.prescripteur, fiche.referent) == (
        paysage.structure,
        paysage.prescripteur,
        paysage.facilitateur,
    )
    assert (fiche.telephone, fiche.code_postal, fiche.identifiant_france_travail) == ("0639981247", "69100", "1234567A")
    assert (fiche.qpv_nom, fiche.qpv_verifie_le, fiche.niveau_formation) == ("Les Terrasses", date(2025, 12, 12), 4)
    assert {metier.code for metier in fiche.metiers.all()} == {"F1703", "A1203"}


def test_je_suis_proposee_comme_referente(facilitateur, paysage):
    """Qui crée la fiche la suit, sauf choix contraire ; les comptes d'une autre structure ne sont pas proposés."""
    formulaire = facilitateur.get(CREER).context["form"]
    assert formulaire["referent"].value() == paysage.facilitateur.pk
    assert paysage.autre_facilitateur not in formulaire.fields["referent"].queryset
    assert paysage.suspendu not in formulaire.fields["referent"].queryset


@pytest.mark.parametrize(
    ("champ", "tape", "phrase"),
    [
        ("prenom", "", "Écrivez le prénom."),
        ("prenom", "Assia 2 84 04 69 123 456", "Un nom ne contient pas de chiffre."),
        ("nom_naissance", " ", "Écrivez le nom de naissance."),
        ("date_naissance", "31/02/1984", "Cette date n’existe pas"),
        ("date_naissance", "17/11/2026", "au moins 16\u00a0ans"),
        ("date_naissance", "18/11/2010", "la personne aurait 15\u00a0ans"),
        ("date_naissance", "16/11/1925", "la personne aurait 101\u00a0ans"),
        ("date_naissance", "01/01/2030", "dans le futur"),
        ("sexe", "", "Choisissez femme ou homme."),
        ("sexe", "X", "X"),
        ("telephone", "06 39", "Ce numéro n’est pas complet"),
        ("courriel", "assia@", "adresse"),
        ("code_postal", "6910", "cinq chiffres"),
        ("commune", "", "Écrivez la commune"),
        ("niveau_formation", "9", "9"),
        ("identifiant_france_travail", "1234567", "8 caractères"),
        ("identifiant_france_travail", "00000000", "que de zéros"),
        ("metiers", ["astronaute"], "Aucun métier ne s’appelle «\u00a0astronaute\u00a0»"),
        ("metiers", ["nettoyage"], "ne désigne pas un seul métier"),
        ("note", "Son numéro : 2 84 04 69 123 456 78", "numéro de sécurité sociale"),
        ("adresse", "284046912345678", "numéro de sécurité sociale"),
        ("note", "x" * 1001, "1000"),
        ("referent", "pas-un-uuid", ""),
        ("prescripteur", "00000000-0000-4000-8000-000000000000", ""),
        ("prenom", "\x00", ""),
        ("commune", "x" * 101, "100"),
    ],
)
def test_une_saisie_fausse_garde_ce_qui_est_tape(facilitateur, paysage, champ, tape, phrase):
    """Une phrase au champ, la saisie gardée, rien d'enregistré, et un titre qui commence par « Erreur »."""
    reponse = facilitateur.post(CREER, SAISIE | {champ: tape})
    assert reponse.status_code == 200
    assert phrase in " ".join(erreurs(reponse)[champ])
    assert set(erreurs(reponse)) == {champ}
    corps = reponse.content.decode()
    assert "<title>Erreur : " in corps or "<title>Erreur\u00a0: " in corps
    assert 'value="assia@exemple.fr"' in corps or champ == "courriel"
    assert 'value="Maçonnerie (F1703)"' in corps or champ == "metiers"
    assert Beneficiaire.objects.filter(nom_naissance="Benali").count() == 0


@pytest.mark.parametrize("naissance", ["17/11/2010", "17/11/1926", "17/11/1925"])
def test_de_seize_a_cent_ans_inclus(facilitateur, paysage, naissance):
    """Seize ans aujourd'hui, cent ans aujourd'hui ou hier : accepté ; la veille du 101e anniversaire aussi."""
    attendu = 200 if naissance.endswith("1925") else 302
    assert facilitateur.post(CREER, SAISIE | {"date_naissance": naissance}).status_code == attendu


@pytest.mark.parametrize(
    ("qpv", "champ"),
    [
        ({"qpv": "oui"}, "qpv_mode"),
        ({"qpv": "oui", "qpv_mode": "declare"}, "qpv_verifie_le"),
        ({"qpv": "oui", "qpv_mode": "adresse", "qpv_verifie_le": "18/11/2026"}, "qpv_verifie_le"),
        ({"qpv": "inconnu", "qpv_nom": "Les Terrasses"}, "qpv"),
    ],
)
def test_un_quartier_prioritaire_est_etabli_et_date(facilitateur, paysage, qpv, champ):
    """Oui : comment et quel jour ; « pas encore vérifié » ne porte pas de quartier."""
    assert champ in erreurs(facilitateur.post(CREER, SAISIE | qpv))


def test_les_ressemblances_sont_proposees_avant_d_enregistrer(facilitateur, paysage, lire):
    """Rien n'est écrit ; la page montre la fiche proche, dit pourquoi, garde la saisie et offre de continuer."""
    connue = BeneficiaireFactory(
        structure=paysage.structure, prenom="Assia", nom_naissance="Bennali", date_naissance=date(1984, 4, 8)
    )
    reponse = facilitateur.post(CREER, SAISIE)
    texte = lire(reponse)
    assert reponse.status_code == 409
    assert f'href="/personnes/{connue.pk}/"' in reponse.content.decode()
    assert "Assia Bennali , née le 8 avril 1984, Villerive : même date de naissance, nom proche" in texte
    assert "Ce n’est pas la même personne : enregistrer quand même" in texte
    assert 'value="assia@exemple.fr"' in reponse.content.decode()
    assert not Beneficiaire.objects.filter(nom_naissance="Benali").exists()


def test_enregistrer_quand_meme(facilitateur, paysage):
    """Dire que ce n'est pas la même personne enregistre la fiche, avec ce qui avait été tapé."""
    connue = BeneficiaireFactory(
        structure=paysage.structure, prenom="Assia", nom_naissance="Benali", date_naissance=date(1984, 4, 8)
    )
    reponse = facilitateur.post(
        CREER, SAISIE | {"enregistrer_quand_meme": "1", "ressemblante": [str(connue.pk), "abîmé"]}
    )
    assert reponse.status_code == 302
    assert Beneficiaire.objects.filter(nom_naissance="Benali", courriel="assia@exemple.fr").count() == 1


def test_une_ressemblance_jamais_montree_se_montre(facilitateur, paysage):
    """Changer le nom après coup et forcer l'enregistrement ne passe pas outre une personne que l'on n'a pas vue."""
    vue = BeneficiaireFactory(
        structure=paysage.structure, prenom="Assia", nom_naissance="Benali", date_naissance=date(1984, 4, 8)
    )
    BeneficiaireFactory(
        structure=paysage.structure, prenom="Paul", nom_naissance="Armand", date_naissance=date(1970, 1, 1)
    )
    forcee = {"enregistrer_quand_meme": "1", "ressemblante": [str(vue.pk)]}
    saisie = SAISIE | forcee | {"prenom": "Paul", "nom_naissance": "Armand", "date_naissance": "01/01/1970"}
    assert facilitateur.post(CREER, saisie).status_code == 409


def test_un_double_envoi_ne_cree_qu_une_fiche(facilitateur, paysage):
    """Le second envoi retrouve la fiche du premier et la propose."""
    sans_identifiant = SAISIE | {"identifiant_france_travail": ""}
    assert facilitateur.post(CREER, sans_identifiant).status_code == 302
    assert facilitateur.post(CREER, sans_identifiant).status_code == 409
    assert Beneficiaire.objects.filter(nom_naissance="Benali").count() == 1


def test_un_identifiant_deja_porte_est_refuse_et_nomme(facilitateur, paysage):
    """L'identifiant France Travail ne se partage pas : la phrase dit qui le porte dans ma structure, et elle seule."""
    BeneficiaireFactory(structure=paysage.autre_structure, identifiant_france_travail="1234567A")
    assert facilitateur.post(CREER, SAISIE | {"nom_naissance": "Première"}).status_code == 302
    reponse = facilitateur.post(
        CREER, SAISIE | {"prenom": "Zoé", "nom_naissance": "Autre", "date_naissance": "01/01/1970"}
    )
    (phrase,) = erreurs(reponse)["identifiant_france_travail"]
    assert phrase.startswith("Assia Première, date de naissance 8 avril 1984, porte déjà cet identifiant")


def test_modifier_une_fiche(facilitateur, paysage, lire):
    """Le formulaire est rempli de ce qui est gardé ; l'enregistrement le remplace et revient à la personne."""
    fiche = BeneficiaireFactory(structure=paysage.structure, prenom="Assia", nom_naissance="Benali")
    adresse = f"/personnes/{fiche.pk}/modifier/"
    assert 'value="Benali"' in facilitateur.get(adresse).content.decode()
    reponse = facilitateur.post(adresse, SAISIE | {"nom_usage": "Martin"})
    assert reponse.headers["Location"] == f"/personnes/{fiche.pk}/"
    fiche.refresh_from_db()
    assert fiche.nom_complet == "Assia Martin"
    assert {metier.code for metier in fiche.metiers.all()} == {"F1703", "A1203"}
    assert facilitateur.post(adresse, SAISIE | {"metiers": []}).status_code == 302
    assert fiche.metiers.count() == 0


@pytest.mark.parametrize("creation", [True, False])
def test_l_identifiant_pris_au_meme_instant_se_dit(facilitateur, paysage, lire, monkeypatch, creation):
    """Une autre fiche prend l'identifiant après le contrôle du formulaire : une phrase, la saisie reste, rien ne change."""
    fiche = BeneficiaireFactory(structure=paysage.structure, prenom="Assia", nom_naissance="Ancienne")
    service = "creer_beneficiaire" if creation else "modifier_beneficiaire"
    vrai = getattr(vues, service)

    def apres_une_autre_ecriture(**arguments):
        autre = BeneficiaireFactory(structure=paysage.structure, identifiant_france_travail="1234567A")
        return vrai(**arguments | ({"ecartes": [autre.pk]} if creation else {}))

    monkeypatch.setattr(vues, service, apres_une_autre_ecriture)
    reponse = facilitateur.post(CREER if creation else f"/personnes/{fiche.pk}/modifier/", SAISIE)
    assert "porte déjà cet identifiant" in lire(reponse)
    assert 'value="assia@exemple.fr"' in reponse.content.decode()
    fiche.refresh_from_db()
    assert fiche.nom_naissance == "Ancienne"
    assert not Beneficiaire.objects.filter(nom_naissance="Benali").exists()


def test_une_modification_refusee_ne_change_rien(facilitateur, paysage, lire):
    """Le titre garde le nom enregistré, le champ garde ce qui a été tapé."""
    fiche = BeneficiaireFactory(structure=paysage.structure, prenom="Assia", nom_naissance="Benali")
    reponse = facilitateur.post(f"/personnes/{fiche.pk}/modifier/", SAISIE | {"nom_naissance": "Autre", "commune": ""})
    assert "Modifier la fiche d’Assia Benali" in lire(reponse)
    assert 'value="Autre"' in reponse.content.decode()
    fiche.refresh_from_db()
    assert fiche.nom_naissance == "Benali"


def test_la_referente_partie_reste_choisie(facilitateur, paysage):
    """Une fiche suivie par quelqu'un qui a quitté la structure se modifie sans perdre son nom."""
    ancienne = creer_utilisateur(paysage.structure)
    fiche = BeneficiaireFactory(structure=paysage.structure, referent=ancienne)
    ancienne.adhesions.update(est_active=False)
    reponse = facilitateur.post(f"/personnes/{fiche.pk}/modifier/", SAISIE | {"referent": str(ancienne.pk)})
    assert reponse.status_code == 302
    fiche.refresh_from_db()
    assert fiche.referent == ancienne


def test_droits(connecter, paysage):
    """Une autre structure : introuvable ; un autre profil : refusé ; une adresse abîmée : introuvable."""
    adresse = f"/personnes/{paysage.beneficiaire.pk}/modifier/"
    avant = Beneficiaire.objects.get(pk=paysage.beneficiaire.pk).nom_naissance
    for compte, statut in (
        (paysage.autre_facilitateur, 404),
        (paysage.compte_prescripteur, 403),
        (paysage.compte_acheteur, 403),
        (paysage.compte_entreprise, 403),
    ):
        client = connecter(compte)
        assert client.get(adresse).status_code == statut
        assert client.post(adresse, SAISIE).status_code == statut
        assert client.get(CREER).status_code == (200 if statut == 404 else 403)
    assert connecter(paysage.facilitateur).get("/personnes/abc/modifier/").status_code == 404
    assert Beneficiaire.objects.get(pk=paysage.beneficiaire.pk).nom_naissance == avant
