"""Les approbations, les litiges et leur fil ; l’entreprise qui déclare un relevé y est nommée."""

import beneficiaires.models.champs
import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from comptes.ensemble import Ensemble


# Avec une seule adhésion d’entreprise, celle de qui a saisi est celle qui a déclaré ; sinon la ligne reste sans déclarant.
NOMMER_LES_DECLARANTS = """
    UPDATE clauses_releveheures r
       SET declarant_id = l.entreprise_id
      FROM clauses_liendeclaration l
     WHERE l.id = r.saisi_par_lien_id;

    UPDATE clauses_releveheures r
       SET declarant_id = d.organisation_id
      FROM (SELECT a.utilisateur_id, min(a.organisation_id::text)::uuid AS organisation_id
              FROM comptes_adhesion a JOIN comptes_organisation o ON o.id = a.organisation_id
             WHERE o.profil = 'entreprise'
             GROUP BY a.utilisateur_id HAVING count(*) = 1) d
     WHERE r.source = 'entreprise' AND d.utilisateur_id = r.saisi_par_id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0014_declarations'),
        ('comptes', '0001_initial'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Ensemble([
            migrations.CreateModel(
                name='Approbation',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('heures', models.DecimalField(decimal_places=2, max_digits=6)),
                    ('le', models.DateTimeField()),
                ],
                options={
                    'verbose_name': 'approbation',
                },
            ),
            migrations.CreateModel(
                name='ApprobationEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                    ('heures', models.DecimalField(decimal_places=2, max_digits=6)),
                    ('le', models.DateTimeField()),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Litige',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('ouvert_le', models.DateTimeField(verbose_name='ouvert le')),
                    ('echeance', models.DateField(verbose_name='à régler au plus tard le')),
                    ('heures_declarees', models.DecimalField(decimal_places=2, max_digits=6, verbose_name='heures déclarées')),
                    ('heures_reconnues', models.DecimalField(decimal_places=2, max_digits=6, verbose_name='heures reconnues')),
                    ('issue', models.CharField(blank=True, choices=[('maintenues', 'Les heures déclarées sont maintenues'), ('corrigees', 'Un autre nombre d’heures est retenu'), ('refusees', 'Aucune heure n’est retenue')], max_length=10, verbose_name='issue')),
                    ('heures_retenues', models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True, verbose_name='heures retenues')),
                    ('clos_le', models.DateTimeField(blank=True, null=True, verbose_name='réglé le')),
                ],
                options={
                    'verbose_name': 'litige',
                    'ordering': ['echeance', 'ouvert_le'],
                },
            ),
            migrations.CreateModel(
                name='LitigeEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                    ('ouvert_le', models.DateTimeField(verbose_name='ouvert le')),
                    ('echeance', models.DateField(verbose_name='à régler au plus tard le')),
                    ('heures_declarees', models.DecimalField(decimal_places=2, max_digits=6, verbose_name='heures déclarées')),
                    ('heures_reconnues', models.DecimalField(decimal_places=2, max_digits=6, verbose_name='heures reconnues')),
                    ('issue', models.CharField(blank=True, choices=[('maintenues', 'Les heures déclarées sont maintenues'), ('corrigees', 'Un autre nombre d’heures est retenu'), ('refusees', 'Aucune heure n’est retenue')], max_length=10, verbose_name='issue')),
                    ('heures_retenues', models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True, verbose_name='heures retenues')),
                    ('clos_le', models.DateTimeField(blank=True, null=True, verbose_name='réglé le')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='MessageLitige',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('texte', models.TextField(max_length=1000, validators=[beneficiaires.models.champs.sans_nir, django.core.validators.MinLengthValidator(3)], verbose_name='message')),
                    ('le', models.DateTimeField()),
                ],
                options={
                    'verbose_name': 'message d’un litige',
                    'ordering': ['le'],
                },
            ),
            migrations.CreateModel(
                name='MessageLitigeEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                    ('texte', models.TextField(max_length=1000, validators=[beneficiaires.models.champs.sans_nir, django.core.validators.MinLengthValidator(3)], verbose_name='message')),
                    ('le', models.DateTimeField()),
                ],
                options={
                    'abstract': False,
                },
            ),
            pgtrigger.migrations.RemoveTrigger(
                model_name='releveheures',
                name='insert_insert',
            ),
            pgtrigger.migrations.RemoveTrigger(
                model_name='releveheures',
                name='update_update',
            ),
            pgtrigger.migrations.RemoveTrigger(
                model_name='releveheures',
                name='delete_delete',
            ),
            migrations.AddField(
                model_name='cumulmensuel',
                name='contestees_heures',
                field=models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=10),
            ),
            migrations.AddField(
                model_name='releveheures',
                name='declarant',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='comptes.organisation'),
            ),
            migrations.AddField(
                model_name='releveheuresevent',
                name='declarant',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='comptes.organisation'),
            ),
            migrations.AlterField(
                model_name='releveheures',
                name='etat',
                field=models.CharField(choices=[('declare', 'À vérifier'), ('rectifie', 'Rectifié'), ('verifie', 'Vérifié'), ('valide', 'Validé'), ('refuse', 'Refusé'), ('conteste', 'Contesté')], default='declare', max_length=9, verbose_name='état'),
            ),
            migrations.AlterField(
                model_name='releveheuresevent',
                name='etat',
                field=models.CharField(choices=[('declare', 'À vérifier'), ('rectifie', 'Rectifié'), ('verifie', 'Vérifié'), ('valide', 'Validé'), ('refuse', 'Refusé'), ('conteste', 'Contesté')], default='declare', max_length=9, verbose_name='état'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='releveheures',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clauses_releveheuresevent" ("affectation_id", "date_debut", "date_fin", "decide_le", "decide_par_id", "declarant_id", "etat", "heures", "heures_bulletin", "id", "mois", "motif", "nature", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "saisi_le", "saisi_par_id", "saisi_par_lien_id", "source", "version") VALUES (NEW."affectation_id", NEW."date_debut", NEW."date_fin", NEW."decide_le", NEW."decide_par_id", NEW."declarant_id", NEW."etat", NEW."heures", NEW."heures_bulletin", NEW."id", NEW."mois", NEW."motif", NEW."nature", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."saisi_le", NEW."saisi_par_id", NEW."saisi_par_lien_id", NEW."source", NEW."version"); RETURN NULL;', hash='76e17f6413895f048429b159b87cd9c6d149896d', operation='INSERT', pgid='pgtrigger_insert_insert_d7155', table='clauses_releveheures', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='releveheures',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."affectation_id" IS DISTINCT FROM (NEW."affectation_id") OR OLD."date_debut" IS DISTINCT FROM (NEW."date_debut") OR OLD."date_fin" IS DISTINCT FROM (NEW."date_fin") OR OLD."decide_le" IS DISTINCT FROM (NEW."decide_le") OR OLD."decide_par_id" IS DISTINCT FROM (NEW."decide_par_id") OR OLD."declarant_id" IS DISTINCT FROM (NEW."declarant_id") OR OLD."etat" IS DISTINCT FROM (NEW."etat") OR OLD."heures" IS DISTINCT FROM (NEW."heures") OR OLD."heures_bulletin" IS DISTINCT FROM (NEW."heures_bulletin") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."mois" IS DISTINCT FROM (NEW."mois") OR OLD."motif" IS DISTINCT FROM (NEW."motif") OR OLD."nature" IS DISTINCT FROM (NEW."nature") OR OLD."saisi_le" IS DISTINCT FROM (NEW."saisi_le") OR OLD."saisi_par_id" IS DISTINCT FROM (NEW."saisi_par_id") OR OLD."saisi_par_lien_id" IS DISTINCT FROM (NEW."saisi_par_lien_id") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."version" IS DISTINCT FROM (NEW."version"))', func='INSERT INTO "clauses_releveheuresevent" ("affectation_id", "date_debut", "date_fin", "decide_le", "decide_par_id", "declarant_id", "etat", "heures", "heures_bulletin", "id", "mois", "motif", "nature", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "saisi_le", "saisi_par_id", "saisi_par_lien_id", "source", "version") VALUES (NEW."affectation_id", NEW."date_debut", NEW."date_fin", NEW."decide_le", NEW."decide_par_id", NEW."declarant_id", NEW."etat", NEW."heures", NEW."heures_bulletin", NEW."id", NEW."mois", NEW."motif", NEW."nature", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."saisi_le", NEW."saisi_par_id", NEW."saisi_par_lien_id", NEW."source", NEW."version"); RETURN NULL;', hash='3d0dd5a9c57b040f9379d833af2dd5c0ad8e3352', operation='UPDATE', pgid='pgtrigger_update_update_f6dd7', table='clauses_releveheures', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='releveheures',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clauses_releveheuresevent" ("affectation_id", "date_debut", "date_fin", "decide_le", "decide_par_id", "declarant_id", "etat", "heures", "heures_bulletin", "id", "mois", "motif", "nature", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "saisi_le", "saisi_par_id", "saisi_par_lien_id", "source", "version") VALUES (OLD."affectation_id", OLD."date_debut", OLD."date_fin", OLD."decide_le", OLD."decide_par_id", OLD."declarant_id", OLD."etat", OLD."heures", OLD."heures_bulletin", OLD."id", OLD."mois", OLD."motif", OLD."nature", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."saisi_le", OLD."saisi_par_id", OLD."saisi_par_lien_id", OLD."source", OLD."version"); RETURN NULL;', hash='e6b63aafd9e7a1277076bc839a98b8c47d6bfee8', operation='DELETE', pgid='pgtrigger_delete_delete_3d6f8', table='clauses_releveheures', when='AFTER')),
            ),
        ]),
        Ensemble([
            migrations.AddField(
                model_name='approbation',
                name='entreprise',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='comptes.organisation'),
            ),
            migrations.AddField(
                model_name='approbation',
                name='par',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='approbation',
                name='releve',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='approbations', to='clauses.releveheures'),
            ),
            migrations.AddField(
                model_name='approbationevent',
                name='entreprise',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='comptes.organisation'),
            ),
            migrations.AddField(
                model_name='approbationevent',
                name='par',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='approbationevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='approbationevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clauses.approbation'),
            ),
            migrations.AddField(
                model_name='approbationevent',
                name='releve',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clauses.releveheures'),
            ),
            migrations.AddField(
                model_name='litige',
                name='clos_par',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='litige',
                name='entreprise',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='comptes.organisation', verbose_name='contesté par'),
            ),
            migrations.AddField(
                model_name='litige',
                name='ouvert_par',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='litige',
                name='releve',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='litiges', to='clauses.releveheures'),
            ),
            migrations.AddField(
                model_name='litigeevent',
                name='clos_par',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='litigeevent',
                name='entreprise',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='comptes.organisation', verbose_name='contesté par'),
            ),
            migrations.AddField(
                model_name='litigeevent',
                name='ouvert_par',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='litigeevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='litigeevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clauses.litige'),
            ),
            migrations.AddField(
                model_name='litigeevent',
                name='releve',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clauses.releveheures'),
            ),
            migrations.AddField(
                model_name='messagelitige',
                name='auteur',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='messagelitige',
                name='litige',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='clauses.litige'),
            ),
            migrations.AddField(
                model_name='messagelitige',
                name='organisation',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='comptes.organisation'),
            ),
            migrations.AddField(
                model_name='messagelitigeevent',
                name='auteur',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='messagelitigeevent',
                name='litige',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clauses.litige'),
            ),
            migrations.AddField(
                model_name='messagelitigeevent',
                name='organisation',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='comptes.organisation'),
            ),
            migrations.AddField(
                model_name='messagelitigeevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='messagelitigeevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clauses.messagelitige'),
            ),
            migrations.AddConstraint(
                model_name='approbation',
                constraint=models.UniqueConstraint(fields=('releve', 'entreprise'), name='approbation_unique', violation_error_message='Cette entreprise a déjà approuvé ces heures.'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='approbation',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clauses_approbationevent" ("entreprise_id", "heures", "id", "le", "par_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "releve_id") VALUES (NEW."entreprise_id", NEW."heures", NEW."id", NEW."le", NEW."par_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."releve_id"); RETURN NULL;', hash='36d48cfc6908169b6fd7ae6fed4e0af43f968070', operation='INSERT', pgid='pgtrigger_insert_insert_6183b', table='clauses_approbation', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='approbation',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "clauses_approbationevent" ("entreprise_id", "heures", "id", "le", "par_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "releve_id") VALUES (NEW."entreprise_id", NEW."heures", NEW."id", NEW."le", NEW."par_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."releve_id"); RETURN NULL;', hash='de6753cc68e9cfed08b00c1edd2ae2d7bdf62c54', operation='UPDATE', pgid='pgtrigger_update_update_66cc0', table='clauses_approbation', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='approbation',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clauses_approbationevent" ("entreprise_id", "heures", "id", "le", "par_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "releve_id") VALUES (OLD."entreprise_id", OLD."heures", OLD."id", OLD."le", OLD."par_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."releve_id"); RETURN NULL;', hash='28b98dc703bdb9cc7be5a0b15e6ac6a70da5bee7', operation='DELETE', pgid='pgtrigger_delete_delete_7d1f5', table='clauses_approbation', when='AFTER')),
            ),
            migrations.AddConstraint(
                model_name='litige',
                constraint=models.UniqueConstraint(condition=models.Q(('clos_le__isnull', True)), fields=('releve',), name='litige_ouvert_unique', violation_error_message='Ces heures sont déjà contestées.'),
            ),
            migrations.AddConstraint(
                model_name='litige',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('clos_le__isnull', True), ('issue', '')), models.Q(('clos_le__isnull', False), ('clos_par__isnull', False), ('heures_retenues__isnull', False), models.Q(('issue', ''), _negated=True)), _connector='OR'), name='litige_clos_avec_son_issue', violation_error_message='Un litige réglé dit son issue et les heures retenues.'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='litige',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clauses_litigeevent" ("clos_le", "clos_par_id", "echeance", "entreprise_id", "heures_declarees", "heures_reconnues", "heures_retenues", "id", "issue", "ouvert_le", "ouvert_par_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "releve_id") VALUES (NEW."clos_le", NEW."clos_par_id", NEW."echeance", NEW."entreprise_id", NEW."heures_declarees", NEW."heures_reconnues", NEW."heures_retenues", NEW."id", NEW."issue", NEW."ouvert_le", NEW."ouvert_par_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."releve_id"); RETURN NULL;', hash='a2fab04804de9a2c1634cbb604da1da7473e82b3', operation='INSERT', pgid='pgtrigger_insert_insert_209b9', table='clauses_litige', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='litige',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "clauses_litigeevent" ("clos_le", "clos_par_id", "echeance", "entreprise_id", "heures_declarees", "heures_reconnues", "heures_retenues", "id", "issue", "ouvert_le", "ouvert_par_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "releve_id") VALUES (NEW."clos_le", NEW."clos_par_id", NEW."echeance", NEW."entreprise_id", NEW."heures_declarees", NEW."heures_reconnues", NEW."heures_retenues", NEW."id", NEW."issue", NEW."ouvert_le", NEW."ouvert_par_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."releve_id"); RETURN NULL;', hash='cc3b1da3c4c62fc59eabc513b07fa8f6427ad622', operation='UPDATE', pgid='pgtrigger_update_update_c4fe5', table='clauses_litige', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='litige',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clauses_litigeevent" ("clos_le", "clos_par_id", "echeance", "entreprise_id", "heures_declarees", "heures_reconnues", "heures_retenues", "id", "issue", "ouvert_le", "ouvert_par_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "releve_id") VALUES (OLD."clos_le", OLD."clos_par_id", OLD."echeance", OLD."entreprise_id", OLD."heures_declarees", OLD."heures_reconnues", OLD."heures_retenues", OLD."id", OLD."issue", OLD."ouvert_le", OLD."ouvert_par_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."releve_id"); RETURN NULL;', hash='7a671f8e964a428a1f84b139c82b529365b3488f', operation='DELETE', pgid='pgtrigger_delete_delete_b5eef', table='clauses_litige', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='messagelitige',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clauses_messagelitigeevent" ("auteur_id", "id", "le", "litige_id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "texte") VALUES (NEW."auteur_id", NEW."id", NEW."le", NEW."litige_id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."texte"); RETURN NULL;', hash='1f234df5d3c4aef3f77db033e0c492fffb9ac4a0', operation='INSERT', pgid='pgtrigger_insert_insert_75ee1', table='clauses_messagelitige', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='messagelitige',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "clauses_messagelitigeevent" ("auteur_id", "id", "le", "litige_id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "texte") VALUES (NEW."auteur_id", NEW."id", NEW."le", NEW."litige_id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."texte"); RETURN NULL;', hash='ce0d00f4915b3056d74b60e9692032168d397e13', operation='UPDATE', pgid='pgtrigger_update_update_d8ee8', table='clauses_messagelitige', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='messagelitige',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clauses_messagelitigeevent" ("auteur_id", "id", "le", "litige_id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "texte") VALUES (OLD."auteur_id", OLD."id", OLD."le", OLD."litige_id", OLD."organisation_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."texte"); RETURN NULL;', hash='7fb05ab977097636c92ab66cdbe830712fdb973e', operation='DELETE', pgid='pgtrigger_delete_delete_ad85f', table='clauses_messagelitige', when='AFTER')),
            ),
        ]),
        migrations.RunSQL(NOMMER_LES_DECLARANTS, migrations.RunSQL.noop),
    ]
