"""Le facilitateur reçoit les orientations : liste, détail, accepter (doublons vérifiés), refuser avec sa raison."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from beneficiaires.models import Beneficiaire, EtatOrientation, MetierRome, Orientation
from tests.fabriques import BeneficiaireFactory, OrientationFactory, SituationFactory, creer_utilisateur

LISTE = "/orientations/"
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def orientation(paysage):
    """Daniel, orienté le 12 novembre : RSA prouvé, DELD sans date, deux métiers, un frein de santé."""
    orientation = OrientationFactory(
        prescripteur=paysage.prescripteur,
        auteur=paysage.compte_prescripteur,
        structure=paysage.structure,
        prenom="Daniel",
        nom_naissance="Mbarga",
        telephone="0639985512",
        niveau_formation=3,
        identifiant_france_travail="1234567A",
        freins=["sante", "mobilite"],
        projet="Aide-coffreur.",
        envoyee_le=datetime(2026, 11, 12, 9, 30, tzinfo=PARIS),
    )
    orientation.criteres.create(critere="RSA", date_piece=date(2026, 11, 6))
    orientation.criteres.create(critere="DELD")
    orientation.metiers.set(MetierRome.objects.filter(code__in=["F1703", "F1701"]))
    return orientation


def accepter(client, orientation, **donnees):
    return client.post(f"/orientations/{orientation.pk}/accepter/", donnees, follow=True)


def test_la_liste_met_en_tete_ce_qui_attend(facilitateur, paysage, orientation, lire):
    """Sans réponse d'abord, la plus ancienne en tête, le retard dit ; les brouillons ne se voient pas."""
    commun = {"prescripteur": paysage.autre_prescripteur, "structure": paysage.structure}
    OrientationFactory(**commun, prenom="Ancienne", envoyee_le=datetime(2026, 10, 20, 9, tzinfo=PARIS))
    OrientationFactory(**commun, prenom="Cachee", etat="brouillon", envoyee_le=None)
    OrientationFactory(
        **commun,
        prenom="Repondue",
        etat="refusee",
        motif_refus="pieces",
        repondue_le=datetime(2026, 11, 1, 9, tzinfo=PARIS),
        envoyee_le=datetime(2026, 10, 1, 9, tzinfo=PARIS),
    )
    reponse = facilitateur.get(LISTE)
    assert [ligne.record.prenom for ligne in reponse.context["table"].rows] == ["Ancienne", "Daniel", "Repondue"]
    texte = lire(reponse)
    for attendu in (
        "3 orientations",
        "RSA, DELD",
        "23 ans, Villerive",
        "depuis plus de 15 jours, envoyée il y a 28 jours",
    ):
        assert attendu in texte, attendu
    for filtre, n in (
        ("etat=envoyee", 2),
        ("attente=depassee", 1),
        ("attente=recente", 1),
        (f"prescripteur={paysage.prescripteur.pk}", 1),
        ("nom=MBARGA", 1),
        ("etat=brouillon", 3),
    ):
        assert len(facilitateur.get(f"{LISTE}?{filtre}").context["table"].rows) == n, filtre


def test_quinze_jours_ne_sont_pas_encore_un_retard(facilitateur, paysage, lire):
    """Envoyée le 2 novembre : le 17 est le dernier jour promis ; celle du 1er est en retard."""
    for jour in (1, 2):
        OrientationFactory(
            structure=paysage.structure, prenom=f"Jour{jour}", envoyee_le=datetime(2026, 11, jour, 0, 30, tzinfo=PARIS)
        )
    table = facilitateur.get(f"{LISTE}?attente=depassee").context["table"]
    assert [ligne.record.prenom for ligne in table.rows] == ["Jour1"]
    assert lire(facilitateur.get(LISTE)).count("depuis plus de 15 jours") == 1


def test_les_deux_vides(facilitateur, paysage, lire):
    """Rien encore : d'où elles viendront. Rien avec ces filtres : ce que cela veut dire pour ce prescripteur."""
    assert "sa demande arrivera ici" in lire(facilitateur.get(LISTE))
    OrientationFactory(
        structure=paysage.structure,
        prescripteur=paysage.prescripteur,
        etat="refusee",
        motif_refus="pieces",
        repondue_le=datetime(2026, 11, 1, 9, tzinfo=PARIS),
    )
    texte = lire(facilitateur.get(f"{LISTE}?etat=envoyee&prescripteur={paysage.prescripteur.pk}"))
    assert "0 orientation sur 1" in texte
    assert "Mission locale du Confluent n’a aucune orientation sans réponse : celle envoyée a reçu la sienne." in texte


def test_le_detail_dit_tout_et_ce_qui_manque(facilitateur, orientation, lire):
    """Identité, situations avec l'état de la preuve, freins, projet, coordonnées du prescripteur, date limite."""
    texte = lire(facilitateur.get(f"/orientations/{orientation.pk}/"))
    for attendu in (
        "Daniel Mbarga",
        "06 39 98 55 12",
        "Attestation RSA du 6 novembre 2026",
        "à compléter, la date de la pièce (attestation France Travail)",
        "Santé, Mobilité",
        "Maçonnerie (F1703)",
        "Niveau 3, CAP ou BEP",
        orientation.auteur.email,
        "Au plus tard le 27 novembre 2026",
    ):
        assert attendu in texte, attendu


def test_accepter_cree_la_fiche(facilitateur, paysage, orientation, lire):
    """La fiche reprend l'identité, les métiers et le prescripteur ; les situations, sans pièce : personne ne les a vues ici."""
    reponse = accepter(facilitateur, orientation)
    orientation.refresh_from_db()
    fiche = orientation.beneficiaire
    assert reponse.redirect_chain[-1][0] == f"/personnes/{fiche.pk}/"
    assert "Il reste à voir ses pièces" in lire(reponse)
    assert (orientation.etat, orientation.repondue_par) == (EtatOrientation.ACCEPTEE, paysage.facilitateur)
    assert (fiche.structure, fiche.prescripteur, fiche.referent) == (
        paysage.structure,
        paysage.prescripteur,
        paysage.facilitateur,
    )
    assert (fiche.nom_complet, fiche.telephone, fiche.identifiant_france_travail, fiche.niveau_formation) == (
        "Daniel Mbarga",
        "0639985512",
        "1234567A",
        3,
    )
    assert {metier.code for metier in fiche.metiers.all()} == {"F1703", "F1701"}
    situations = {s.critere: (s.date_debut, s.justificatifs.count()) for s in fiche.situations.all()}
    assert situations == {"RSA": (date(2026, 11, 6), 0), "DELD": (date(2026, 11, 12), 0)}


def test_accepter_demande_si_c_est_la_meme_personne(facilitateur, paysage, orientation, lire):
    """Une fiche ressemble : sans choix, rien ne se fait ; la page la montre, dit pourquoi et mène à elle."""
    connue = BeneficiaireFactory(
        structure=paysage.structure, prenom="Daniel", nom_naissance="M’Barga", date_naissance=date(2003, 5, 21)
    )
    texte = lire(facilitateur.get(f"/orientations/{orientation.pk}/accepter/"))
    assert "Est-ce cette personne ?" in texte
    assert "Même date de naissance, nom proche" in texte
    reponse = facilitateur.post(f"/orientations/{orientation.pk}/accepter/")
    assert "Choisissez l’une des personnes, ou une nouvelle fiche." in lire(reponse)
    assert f'href="/personnes/{connue.pk}/"' in reponse.content.decode()
    orientation.refresh_from_db()
    assert orientation.etat == EtatOrientation.ENVOYEE


def test_accepter_rejoint_la_fiche_connue(facilitateur, paysage, orientation):
    """La fiche garde ce qu'elle a, gagne ce qui lui manquait ; une situation déjà portée ne se double pas."""
    connue = BeneficiaireFactory(
        structure=paysage.structure,
        prenom="Daniel",
        nom_naissance="M’Barga",
        date_naissance=date(2003, 5, 21),
        telephone="0478000000",
        prescripteur=paysage.autre_prescripteur,
    )
    SituationFactory(beneficiaire=connue, critere="RSA", date_debut=date(2026, 1, 1))
    avant = Beneficiaire.objects.count()
    accepter(facilitateur, orientation, choix=str(connue.pk))
    connue.refresh_from_db()
    assert Beneficiaire.objects.count() == avant
    assert (connue.telephone, connue.identifiant_france_travail) == ("0478000000", "1234567A")
    assert connue.prescripteur == paysage.autre_prescripteur
    assert {(s.critere, s.date_debut) for s in connue.situations.all()} == {
        ("RSA", date(2026, 1, 1)),
        ("DELD", date(2026, 11, 12)),
    }
    orientation.refresh_from_db()
    assert orientation.beneficiaire == connue


def test_accepter_en_creant_une_nouvelle_fiche_malgre_la_ressemblance(facilitateur, paysage, orientation):
    """Le choix est explicite, et ne vaut que pour les personnes qui étaient à l'écran."""
    vue = BeneficiaireFactory(
        structure=paysage.structure, prenom="Daniel", nom_naissance="Mbarga", date_naissance=date(2003, 5, 21)
    )
    jamais_vue = BeneficiaireFactory(
        structure=paysage.structure, prenom="Daniel", nom_naissance="M’Barga", date_naissance=date(2003, 5, 21)
    )
    reponse = accepter(facilitateur, orientation, choix="nouvelle", ressemblante=[str(vue.pk)])
    assert reponse.context["form"].non_field_errors() == [
        "Une personne ressemblante vient d’être enregistrée. Relisez la liste avant de choisir."
    ]
    accepter(facilitateur, orientation, choix="nouvelle", ressemblante=[str(vue.pk), str(jamais_vue.pk)])
    orientation.refresh_from_db()
    assert orientation.beneficiaire not in (None, vue, jamais_vue)


def test_on_ne_rejoint_pas_une_fiche_qui_ne_ressemble_pas(facilitateur, paysage, orientation):
    """Ni celle d'une autre structure, ni une fiche quelconque de la mienne, ni un texte abîmé."""
    autre = BeneficiaireFactory(
        structure=paysage.autre_structure, prenom="Daniel", nom_naissance="Mbarga", date_naissance=date(2003, 5, 21)
    )
    for choix in (str(autre.pk), str(paysage.beneficiaire.pk), "abîmé"):
        reponse = accepter(facilitateur, orientation, choix=choix)
        assert "choix" in reponse.context["form"].errors
    orientation.refresh_from_db()
    assert orientation.etat == EtatOrientation.ENVOYEE


def test_refuser_avec_sa_raison(facilitateur, paysage, orientation, lire):
    """La raison est obligatoire, le message facultatif ; la liste dit la suite."""
    adresse = f"/orientations/{orientation.pk}/refuser/"
    assert "Choisissez la raison du refus." in lire(facilitateur.post(adresse, {"message_reponse": "Bonjour"}))
    reponse = facilitateur.post(
        adresse, {"motif_refus": "aucune_offre", "message_reponse": "Revenez en mars."}, follow=True
    )
    assert reponse.redirect_chain[-1][0] == LISTE
    assert "Aucune offre ne correspond en ce moment" in lire(reponse)
    orientation.refresh_from_db()
    assert (orientation.etat, orientation.message_reponse) == (EtatOrientation.REFUSEE, "Revenez en mars.")
    assert orientation.beneficiaire is None


@pytest.mark.parametrize(
    ("donnees", "champ"),
    [
        ({"motif_refus": "autre"}, "message_reponse"),
        ({"motif_refus": "inventee"}, "motif_refus"),
        ({"motif_refus": "pieces", "message_reponse": "284046912345678"}, "message_reponse"),
        ({"motif_refus": "pieces", "message_reponse": "x" * 601}, "message_reponse"),
    ],
)
def test_un_refus_mal_rempli(facilitateur, orientation, donnees, champ):
    """« Autre raison » demande un mot ; un NIR ou un roman sont refusés."""
    reponse = facilitateur.post(f"/orientations/{orientation.pk}/refuser/", donnees)
    assert champ in reponse.context["form"].errors
    orientation.refresh_from_db()
    assert orientation.etat == EtatOrientation.ENVOYEE


@pytest.mark.parametrize("suite", ["accepter", "refuser"])
def test_un_collegue_a_repondu_le_premier(connecter, facilitateur, paysage, orientation, suite, lire):
    """Le second a une phrase : qui, quoi, quand ; rien ne change."""
    collegue = creer_utilisateur(paysage.structure)
    accepter(connecter(collegue), orientation)
    fiche = Orientation.objects.get(pk=orientation.pk).beneficiaire
    donnees = {"motif_refus": "pieces", "choix": str(fiche.pk)}
    texte = lire(facilitateur.post(f"/orientations/{orientation.pk}/{suite}/", donnees, follow=True))
    assert (
        f"{collegue.get_full_name()} a déjà accepté cette orientation le 17 novembre 2026 à 10 h. Rien n’a changé."
        in texte
    )
    orientation.refresh_from_db()
    assert (orientation.etat, orientation.repondue_par) == (EtatOrientation.ACCEPTEE, collegue)
    reponse = facilitateur.get(f"/orientations/{orientation.pk}/{suite}/")
    assert reponse.headers["Location"] == f"/orientations/{orientation.pk}/"


def test_droits(connecter, paysage, orientation):
    """Une autre structure : introuvable. Le prescripteur lit la sienne sans y répondre. Acheteur, entreprise : refusé."""
    detail = f"/orientations/{orientation.pk}/"
    for compte, lecture, reponse in (
        (paysage.autre_facilitateur, 404, 404),
        (paysage.compte_prescripteur, 200, 403),
        (paysage.autre_compte_prescripteur, 404, 403),
        (paysage.compte_acheteur, 403, 403),
        (paysage.compte_entreprise, 403, 403),
    ):
        client = connecter(compte)
        assert client.get(detail).status_code == lecture
        for suite in ("accepter/", "refuser/"):
            assert client.get(detail + suite).status_code == reponse
            assert client.post(detail + suite, {"motif_refus": "pieces"}).status_code == reponse
    assert connecter(paysage.compte_prescripteur).get(LISTE).status_code == 403
    assert connecter(paysage.autre_facilitateur).get(LISTE).context["total"] == 0
    orientation.refresh_from_db()
    assert orientation.etat == EtatOrientation.ENVOYEE


def test_les_memes_requetes_pour_une_et_cinquante_lignes(facilitateur, paysage, nombre_de_requetes):
    """Moins de quinze, quel que soit le nombre de lignes."""

    def compter() -> int:
        with nombre_de_requetes() as requetes:
            assert facilitateur.get(LISTE).status_code == 200
        return len(requetes)

    def orienter():
        OrientationFactory(structure=paysage.structure).criteres.create(critere="RSA")

    orienter()
    une = compter()
    for _ in range(49):
        orienter()
    assert compter() == une < 15
