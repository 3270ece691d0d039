"""Le prescripteur oriente quelqu'un : quatre étapes gardées en brouillon, relecture, envoi, suivi."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from beneficiaires.models import EtatOrientation, MotifRefusOrientation, Orientation
from comptes.models import Organisation
from tests.fabriques import OrientationFactory, StructureFactory

LISTE = "/mes-orientations/"
NOUVELLE = "/mes-orientations/nouvelle/"
PERSONNE = {
    "prenom": "Daniel",
    "nom_naissance": "Mbarga",
    "nom_usage": "",
    "date_naissance": "21/05/2003",
    "sexe": "H",
    "telephone": "06 39 98 55 12",
    "courriel": "",
    "code_postal": "69100",
    "commune": "Villerive",
    "niveau_formation": "3",
    "identifiant_france_travail": "",
}
SITUATION = {"pass_iae": "non", "c_RSA": "on", "d_RSA": "06/11/2026", "c_JEUNE": "on"}
PROJET = {"metiers": ["F1703"], "freins": ["mobilite", "sante"], "projet": "Cherche un poste d’aide-coffreur."}
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def personne(paysage):
    """L'étape 1, adressée à la structure du paysage (il y en a deux)."""
    return PERSONNE | {"structure": str(paysage.structure.pk)}


@pytest.fixture
def brouillon(paysage):
    return OrientationFactory(
        prescripteur=paysage.prescripteur,
        auteur=paysage.compte_prescripteur,
        structure=paysage.structure,
        etat=EtatOrientation.BROUILLON,
        envoyee_le=None,
        prenom="Daniel",
        nom_naissance="Mbarga",
    )


def etape(orientation, rang) -> str:
    return f"/mes-orientations/{orientation.pk}/{rang}/"


def test_orienter_de_bout_en_bout(prescripteur, paysage, personne, lire):
    """Quatre étapes, chacune gardée ; l'envoi date l'orientation et la liste dit ce qu'elle attend."""
    reponse = prescripteur.post(NOUVELLE, personne)
    orientation = Orientation.objects.get()
    assert reponse.headers["Location"] == etape(orientation, 2)
    assert (orientation.prescripteur, orientation.auteur) == (paysage.prescripteur, paysage.compte_prescripteur)
    assert "Étape 2 sur 4 : sa situation" in lire(prescripteur.get(etape(orientation, 2)))
    assert prescripteur.post(etape(orientation, 2), SITUATION).headers["Location"] == etape(orientation, 3)
    assert prescripteur.post(etape(orientation, 3), PROJET).headers["Location"] == etape(orientation, 4)
    texte = lire(prescripteur.get(etape(orientation, 4)))
    for attendu in (
        "Daniel Mbarga",
        "21 mai 2003, 23 ans",
        "06 39 98 55 12",
        "Attestation RSA du 6 novembre 2026",
        "en cours : non",
        "Maçonnerie (F1703)",
        "Mobilité, Santé",
        "Cherche un poste d’aide-coffreur.",
        "Envoyer à Maison de l’emploi du Confluent",
    ):
        assert attendu in texte, attendu
    reponse = prescripteur.post(f"/mes-orientations/{orientation.pk}/envoyer/", follow=True)
    assert "est envoyée à Maison de l’emploi du Confluent" in lire(reponse)
    assert "envoyée aujourd’hui, réponse promise au plus tard le 2 décembre 2026" in lire(reponse)
    orientation.refresh_from_db()
    assert orientation.etat == EtatOrientation.ENVOYEE
    assert orientation.envoyee_le == datetime(2026, 11, 17, 10, tzinfo=PARIS)


def test_une_seule_structure_ne_se_choisit_pas(prescripteur, paysage, personne):
    """Avec une seule structure facilitatrice, le champ disparaît et elle est prise."""
    Organisation.objects.filter(pk=paysage.autre_structure.pk).update(profil="entreprise", categorie="entreprise")
    assert "structure" not in prescripteur.get(NOUVELLE).context["form"].fields
    prescripteur.post(NOUVELLE, PERSONNE)
    assert Orientation.objects.get().structure == paysage.structure


def test_finir_plus_tard_a_chaque_etape(prescripteur, personne, lire):
    """Le bouton garde l'étape et revient à la liste, qui propose de reprendre."""
    reponse = prescripteur.post(NOUVELLE, personne | {"plus_tard": "1"}, follow=True)
    assert "Le brouillon pour Daniel Mbarga est gardé" in lire(reponse)
    assert "Un brouillon à finir" in lire(reponse)
    orientation = Orientation.objects.get()
    reponse = prescripteur.post(etape(orientation, 2), {"pass_iae": "oui", "plus_tard": "1"}, follow=True)
    assert reponse.redirect_chain[-1][0] == LISTE
    prescripteur.post(etape(orientation, 3), PROJET | {"plus_tard": "1"})
    orientation.refresh_from_db()
    assert (orientation.pass_iae, orientation.freins, orientation.etat) == ("oui", ["mobilite", "sante"], "brouillon")


def test_revenir_en_arriere_garde_tout(prescripteur, brouillon):
    """Les étapes faites se rouvrent remplies ; décocher retire le critère et sa date."""
    prescripteur.post(etape(brouillon, 2), SITUATION)
    corps = prescripteur.get(etape(brouillon, 2)).content.decode()
    assert 'value="06/11/2026"' in corps
    assert prescripteur.get(etape(brouillon, 1)).context["form"]["nom_naissance"].value() == "Mbarga"
    prescripteur.post(etape(brouillon, 2), {"pass_iae": "inconnu", "c_JEUNE": "on", "d_RSA": "06/11/2026"})
    assert [c.critere for c in brouillon.criteres.all()] == ["JEUNE"]


def test_le_recapitulatif_et_qui_verra_quoi(prescripteur, brouillon, lire):
    """À côté du formulaire : ce qui est déjà saisi, et ce que chacun verra."""
    texte = lire(prescripteur.get(etape(brouillon, 2)))
    for attendu in ("Déjà saisi", "Daniel Mbarga", "Né le 21 mai 2003, 23 ans", "Qui verra quoi", "masqués sous 5"):
        assert attendu in texte


@pytest.mark.parametrize(
    ("changements", "champ", "phrase"),
    [
        ({"structure": ""}, "structure", "Choisissez la structure"),
        ({"structure": "00000000-0000-4000-8000-000000000000"}, "structure", ""),
        ({"prenom": ""}, "prenom", "Écrivez le prénom."),
        ({"date_naissance": "21/05/2020"}, "date_naissance", "au moins 16\u00a0ans"),
        ({"sexe": ""}, "sexe", "Choisissez femme ou homme."),
        ({"commune": ""}, "commune", "Écrivez la commune"),
        ({"telephone": "12"}, "telephone", "n’est pas complet"),
        ({"identifiant_france_travail": "12"}, "identifiant_france_travail", "8 caractères"),
    ],
)
def test_etape_1_refusee(prescripteur, personne, changements, champ, phrase):
    """La saisie reste, aucun brouillon n'est ouvert, même pour finir plus tard."""
    for suite in ({}, {"plus_tard": "1"}):
        reponse = prescripteur.post(NOUVELLE, personne | changements | suite)
        assert phrase in " ".join(reponse.context["form"].errors[champ])
        assert 'value="Mbarga"' in reponse.content.decode()
    assert not Orientation.objects.exists()


def test_etape_2_la_date_d_une_piece_dans_le_futur(prescripteur, brouillon, lire):
    """La maquette : résumé d'erreurs qui mène au champ, phrase au champ, titre « Erreur », cases gardées."""
    reponse = prescripteur.post(etape(brouillon, 2), SITUATION | {"d_RSA": "06/12/2026"})
    corps, texte = reponse.content.decode(), lire(reponse)
    assert "<title>Erreur" in corps
    assert "Une réponse est à corriger" in texte
    assert 'href="#id_d_RSA"' in corps
    assert texte.count("Cette date est dans le futur : 6 décembre 2026") == 2
    assert 'value="06/12/2026"' in corps
    assert reponse.context["form"]["c_JEUNE"].value()
    assert not brouillon.criteres.exists()


def test_etape_2_une_date_sous_une_case_decochee_ne_compte_pas(prescripteur, brouillon):
    """Elle ne se voit plus : même fausse, elle n'arrête rien."""
    reponse = prescripteur.post(etape(brouillon, 2), {"pass_iae": "non", "c_JEUNE": "on", "d_RSA": "n'importe quoi"})
    assert reponse.status_code == 302


def test_etape_2_demande_au_moins_une_situation(prescripteur, brouillon, lire):
    """Rien de coché : la phrase dit quoi cocher à défaut."""
    texte = lire(prescripteur.post(etape(brouillon, 2), {"pass_iae": "non"}))
    assert "Cochez au moins une situation." in texte


def test_etape_2_un_critere_que_l_age_exclut_n_est_pas_propose(prescripteur, brouillon, lire):
    """À 23 ans, pas de « 50 ans et plus » ; le poster ne le coche pas."""
    assert "Senior" not in lire(prescripteur.get(etape(brouillon, 2)))
    prescripteur.post(etape(brouillon, 2), SITUATION | {"c_SENIOR": "on"})
    assert not brouillon.criteres.filter(critere="SENIOR").exists()


def test_etape_2_le_pass_iae_a_trois_reponses(prescripteur, brouillon):
    """Oui, non, je ne sais pas ; autre chose est refusé."""
    assert (
        "pass_iae"
        in prescripteur.post(etape(brouillon, 2), SITUATION | {"pass_iae": "peut-être"}).context["form"].errors
    )
    for reponse in ("oui", "non", "inconnu"):
        assert prescripteur.post(etape(brouillon, 2), SITUATION | {"pass_iae": reponse}).status_code == 302


@pytest.mark.parametrize(
    ("changements", "champ"),
    [
        ({"projet": "NIR 2 84 04 69 123 456 78"}, "projet"),
        ({"projet": "x" * 601}, "projet"),
        ({"freins": ["alcool"]}, "freins"),
        ({"metiers": ["astronaute"]}, "metiers"),
    ],
)
def test_etape_3_refusee(prescripteur, brouillon, changements, champ):
    """NIR, texte trop long, frein inventé, métier inconnu : une phrase, rien d'enregistré."""
    reponse = prescripteur.post(etape(brouillon, 3), PROJET | changements)
    assert champ in reponse.context["form"].errors
    brouillon.refresh_from_db()
    assert (brouillon.projet, brouillon.freins) == ("", [])


def reprendre(client, brouillon) -> str:
    """L'adresse du lien « Reprendre » de la liste."""
    corps = client.get(LISTE).content.decode()
    return re.search(rf'href="(/mes-orientations/{brouillon.pk}/\d/)"', corps).group(1)


def test_reprendre_apres_un_refus_rouvre_l_etape_et_la_saisie(prescripteur, brouillon, lire):
    """Un projet trop long est refusé à l'étape 3 : quitter puis reprendre y ramène, tout ce qui était tapé est là."""
    prescripteur.post(etape(brouillon, 2), SITUATION)
    trop_long = "Cherche un poste. " + "x" * 600
    prescripteur.post(etape(brouillon, 3), PROJET | {"projet": trop_long})
    assert reprendre(prescripteur, brouillon) == etape(brouillon, 3)
    page = prescripteur.get(etape(brouillon, 3))
    assert trop_long in lire(page)
    assert page.context["form"]["metiers"].value() == ["F1703"]
    assert page.context["form"]["freins"].value() == ["mobilite", "sante"]
    prescripteur.post(etape(brouillon, 3), PROJET)
    assert page.context["form"].errors
    page = prescripteur.get(etape(brouillon, 3))
    assert page.context["form"]["projet"].value() == PROJET["projet"]
    assert not page.context["form"].errors


def test_un_numero_de_securite_sociale_refuse_ne_se_garde_nulle_part(prescripteur, brouillon, lire):
    """Le texte qui porte le numéro est oublié ; le reste de l'étape attend."""
    prescripteur.post(etape(brouillon, 3), PROJET | {"projet": "NIR 2 84 04 69 123 456 78"})
    assert "69 123 456" not in str(dict(prescripteur.session))
    page = prescripteur.get(etape(brouillon, 3))
    assert "69 123 456" not in lire(page)
    assert page.context["form"]["freins"].value() == ["mobilite", "sante"]


def test_reprendre_mene_a_la_premiere_etape_qui_attend(prescripteur, brouillon):
    """Sans situation, l'étape 2 ; sans projet, l'étape 3 ; ensuite, la relecture."""
    for rang, saisie in ((2, SITUATION), (3, PROJET)):
        assert reprendre(prescripteur, brouillon) == etape(brouillon, rang)
        prescripteur.post(etape(brouillon, rang), saisie)
    assert reprendre(prescripteur, brouillon) == etape(brouillon, 4)


def test_la_saisie_refusee_n_est_pas_celle_d_une_autre_orientation(prescripteur, brouillon, paysage):
    """Deux brouillons : l'erreur de l'un ne se montre pas dans l'autre."""
    autre = OrientationFactory(
        prescripteur=paysage.prescripteur,
        auteur=paysage.compte_prescripteur,
        structure=paysage.structure,
        etat=EtatOrientation.BROUILLON,
        envoyee_le=None,
    )
    prescripteur.post(etape(brouillon, 3), PROJET | {"projet": "x" * 601})
    assert not prescripteur.get(etape(autre, 3)).context["form"].is_bound


def test_la_relecture_dit_ce_que_le_facilitateur_demandera(prescripteur, brouillon, lire):
    """Pièce trop ancienne et date qui manque : on peut envoyer, on sait ce qui sera demandé."""
    prescripteur.post(etape(brouillon, 2), {"pass_iae": "non", "c_RSA": "on", "d_RSA": "16/08/2026", "c_DELD": "on"})
    texte = lire(prescripteur.get(etape(brouillon, 4)))
    assert "la pièce du 16 août 2026 valait jusqu’au 15 novembre 2026 inclus" in texte
    assert "à compléter, la date de la pièce (attestation France Travail)" in texte
    assert prescripteur.post(f"/mes-orientations/{brouillon.pk}/envoyer/").status_code == 302
    brouillon.refresh_from_db()
    assert brouillon.etat == EtatOrientation.ENVOYEE


def test_on_n_envoie_pas_sans_situation(prescripteur, brouillon, lire):
    """Un brouillon arrêté à l'étape 1 reste un brouillon, avec la raison."""
    texte = lire(prescripteur.post(f"/mes-orientations/{brouillon.pk}/envoyer/", follow=True))
    assert "Cochez au moins une situation à l’étape 2 avant d’envoyer." in texte
    brouillon.refresh_from_db()
    assert brouillon.etat == EtatOrientation.BROUILLON


def test_un_brouillon_qui_a_vieilli_se_controle_a_l_envoi(prescripteur, brouillon, lire):
    """« Moins de 26 ans » coché, puis la date de naissance corrigée : l'envoi le refuse avec la phrase de la règle."""
    prescripteur.post(etape(brouillon, 2), SITUATION)
    Orientation.objects.filter(pk=brouillon.pk).update(date_naissance=date(2000, 11, 17))
    texte = lire(prescripteur.post(f"/mes-orientations/{brouillon.pk}/envoyer/", follow=True))
    assert "la personne a 26 ans le 17 novembre 2026, il faut moins de 26 ans" in texte
    brouillon.refresh_from_db()
    assert brouillon.etat == EtatOrientation.BROUILLON


def test_une_orientation_envoyee_ne_change_plus(prescripteur, brouillon, lire):
    """Étapes, second envoi, suppression : tout ramène à la lecture, sans rien changer."""
    prescripteur.post(etape(brouillon, 2), SITUATION)
    prescripteur.post(f"/mes-orientations/{brouillon.pk}/envoyer/")
    envoyee_le = Orientation.objects.get().envoyee_le
    for rang in (1, 2, 3, 4):
        assert prescripteur.get(etape(brouillon, rang)).headers["Location"] == f"/orientations/{brouillon.pk}/"
        assert prescripteur.post(etape(brouillon, rang), PERSONNE | {"commune": "Givors"}).status_code == 302
    texte = lire(prescripteur.post(f"/mes-orientations/{brouillon.pk}/envoyer/", follow=True))
    assert "déjà partie, le 17 novembre 2026" in texte
    assert prescripteur.post(f"/mes-orientations/{brouillon.pk}/supprimer/").status_code == 302
    gardee = Orientation.objects.get()
    assert (gardee.commune, gardee.envoyee_le) == ("Villerive", envoyee_le)


def test_un_double_envoi_de_l_etape_1_n_ouvre_qu_un_brouillon(prescripteur, personne):
    """Le second met à jour le premier, rien n'est perdu."""
    prescripteur.post(NOUVELLE, personne)
    prescripteur.post(NOUVELLE, personne | {"prenom": "DANIEL", "commune": "Givors"})
    assert Orientation.objects.get().commune == "Givors"


def test_deja_orientee_par_la_meme_organisation(prescripteur, brouillon, paysage, lire):
    """Avant l'envoi, l'orientation déjà partie pour la même personne est montrée, avec sa date."""
    autre = OrientationFactory(
        prescripteur=paysage.prescripteur,
        structure=paysage.structure,
        prenom="Daniel",
        nom_naissance="M’Barga",
        envoyee_le=datetime(2026, 3, 12, 9, tzinfo=PARIS),
    )
    reponse = prescripteur.get(etape(brouillon, 4))
    assert "Votre organisation a déjà orienté une personne très ressemblante" in lire(reponse)
    assert "le 12 mars 2026" in lire(reponse)
    assert f"/orientations/{autre.pk}/" in reponse.content.decode()


def test_supprimer_un_brouillon(prescripteur, brouillon, lire):
    """Une page demande confirmation ; la suppression le dit."""
    adresse = f"/mes-orientations/{brouillon.pk}/supprimer/"
    assert "Supprimer le brouillon pour Daniel Mbarga ?" in lire(prescripteur.get(adresse))
    assert Orientation.objects.exists()
    assert "est supprimé" in lire(prescripteur.post(adresse, follow=True))
    assert not Orientation.objects.exists()


def test_mes_orientations_disent_ce_qu_elles_deviennent(prescripteur, paysage, lire):
    """En attente, en retard, acceptée, refusée : un mot et une phrase pour chacune."""
    commun = {
        "prescripteur": paysage.prescripteur,
        "structure": paysage.structure,
        "auteur": paysage.compte_prescripteur,
    }
    repondue = {"repondue_par": paysage.facilitateur, "repondue_le": datetime(2026, 11, 16, 9, tzinfo=PARIS)}
    OrientationFactory(**commun, envoyee_le=datetime(2026, 11, 14, 9, tzinfo=PARIS))
    OrientationFactory(**commun, envoyee_le=datetime(2026, 11, 1, 9, tzinfo=PARIS))
    OrientationFactory(
        **commun,
        **repondue,
        etat="acceptee",
        beneficiaire=paysage.beneficiaire,
        envoyee_le=datetime(2026, 10, 1, 9, tzinfo=PARIS),
    )
    OrientationFactory(
        **commun,
        **repondue,
        etat="refusee",
        motif_refus=MotifRefusOrientation.AUCUNE_OFFRE,
        envoyee_le=datetime(2026, 10, 2, 9, tzinfo=PARIS),
    )
    texte = lire(prescripteur.get(LISTE))
    for attendu in (
        "4 orientations",
        "envoyée il y a 3 jours, réponse promise au plus tard le 29 novembre 2026",
        "depuis plus de 15 jours, envoyée il y a 16 jours",
        "Acceptée le 16 novembre 2026",
        "Refusée le 16 novembre 2026 : Aucune offre ne correspond en ce moment",
    ):
        assert attendu in texte, attendu
    assert "2 orientations sur 4" in lire(prescripteur.get(f"{LISTE}?etat=envoyee"))
    assert "1 orientation sur 4" in lire(prescripteur.get(f"{LISTE}?attente=depassee"))


def test_la_reponse_se_lit_en_entier(prescripteur, paysage, lire):
    """Le détail d'un refus : raison et message de la structure, qui l'a dit et quand."""
    orientation = OrientationFactory(
        prescripteur=paysage.prescripteur,
        structure=paysage.structure,
        etat="refusee",
        motif_refus=MotifRefusOrientation.PIECES,
        message_reponse="Il manque l’attestation RSA.",
        repondue_par=paysage.facilitateur,
        repondue_le=datetime(2026, 11, 16, 9, tzinfo=PARIS),
    )
    texte = lire(prescripteur.get(f"/orientations/{orientation.pk}/"))
    assert "Les pièces demandées manquent." in texte
    assert "Il manque l’attestation RSA." in texte
    assert f"Refusée par {paysage.facilitateur.get_full_name()}" in texte
    assert "Accepter" not in texte


def test_rien_encore_et_rien_avec_ces_filtres(prescripteur, paysage, lire):
    """Deux vides : le premier dit comment orienter, le second retire les filtres."""
    assert "Aucune orientation pour l’instant" in lire(prescripteur.get(LISTE))
    OrientationFactory(prescripteur=paysage.prescripteur, structure=paysage.structure)
    texte = lire(prescripteur.get(f"{LISTE}?nom=introuvable"))
    assert "0 orientation sur 1" in texte
    assert "Aucune orientation avec ces filtres" in texte


def test_chaque_organisation_ne_voit_que_les_siennes(connecter, paysage, brouillon):
    """Une autre organisation prescriptrice : introuvable partout ; un collègue de la même : visible."""
    voisin = connecter(paysage.autre_compte_prescripteur)
    envoyee = OrientationFactory(prescripteur=paysage.prescripteur, structure=paysage.structure)
    adresses = [etape(brouillon, rang) for rang in (1, 2, 3, 4)]
    adresses += [f"/mes-orientations/{brouillon.pk}/{suite}/" for suite in ("envoyer", "supprimer")]
    for adresse in [*adresses, f"/orientations/{envoyee.pk}/", f"/orientations/{brouillon.pk}/"]:
        if not adresse.endswith("envoyer/"):
            assert voisin.get(adresse).status_code == 404, adresse
        if "/mes-" in adresse:
            assert voisin.post(adresse, SITUATION).status_code == 404, adresse
    assert "Mbarga" not in voisin.get(LISTE).content.decode()
    assert Orientation.objects.filter(pk=brouillon.pk, etat="brouillon").exists()


def test_les_autres_profils_n_orientent_pas(connecter, paysage, brouillon):
    """Facilitateur, acheteur, entreprise : refusé ; le facilitateur ne voit pas un brouillon."""
    for compte in (paysage.facilitateur, paysage.compte_acheteur, paysage.compte_entreprise):
        client = connecter(compte)
        for adresse in (LISTE, NOUVELLE, etape(brouillon, 2)):
            assert client.get(adresse).status_code == 403
    assert connecter(paysage.facilitateur).get(f"/orientations/{brouillon.pk}/").status_code == 404


@pytest.mark.parametrize("rang", [0, 5, 99])
def test_une_etape_qui_n_existe_pas(prescripteur, brouillon, rang):
    """Il y en a quatre."""
    assert prescripteur.get(etape(brouillon, rang)).status_code == 404


def test_les_memes_requetes_pour_une_et_cinquante_lignes(prescripteur, paysage, nombre_de_requetes):
    """Moins de quinze, quel que soit le nombre de lignes."""

    def compter() -> int:
        with nombre_de_requetes() as requetes:
            assert prescripteur.get(LISTE).status_code == 200
        return len(requetes)

    def orienter():
        orientation = OrientationFactory(prescripteur=paysage.prescripteur, structure=StructureFactory())
        orientation.criteres.create(critere="RSA")

    orienter()
    une = compter()
    for _ in range(49):
        orienter()
    assert compter() == une < 15


def test_la_structure_de_la_derniere_orientation_est_proposee(prescripteur, paysage):
    """Un prescripteur s'adresse presque toujours à la même : elle est choisie d'avance, et se change."""
    assert prescripteur.get(NOUVELLE).context["form"]["structure"].value() is None
    OrientationFactory(prescripteur=paysage.prescripteur, structure=paysage.autre_structure)
    assert prescripteur.get(NOUVELLE).context["form"]["structure"].value() == paysage.autre_structure.pk
