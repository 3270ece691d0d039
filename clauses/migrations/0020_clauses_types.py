"""Les versions qu’une structure publie d’une rédaction de clause, et celles qu’un avis cite."""

import beneficiaires.models.champs
import clauses.models.clausier
import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models

from comptes.ensemble import Ensemble


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0019_partages'),
        ('comptes', '0003_coordination'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Ensemble([
            migrations.CreateModel(
                name='ClauseCitee',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('rang', models.PositiveSmallIntegerField()),
                    ('code', models.SlugField(max_length=40)),
                    ('numero', models.PositiveSmallIntegerField()),
                    ('titre', models.CharField(max_length=120)),
                    ('texte', models.TextField(max_length=6000)),
                    ('avis', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='clauses_citees', to='clauses.avisfacilitateur')),
                ],
                options={
                    'verbose_name': 'clause citée',
                    'ordering': ['rang'],
                },
            ),
            migrations.CreateModel(
                name='ClauseCiteeEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                    ('rang', models.PositiveSmallIntegerField()),
                    ('code', models.SlugField(db_index=False, max_length=40)),
                    ('numero', models.PositiveSmallIntegerField()),
                    ('titre', models.CharField(max_length=120)),
                    ('texte', models.TextField(max_length=6000)),
                    ('avis', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clauses.avisfacilitateur')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clauses.clausecitee')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='VersionClause',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('code', models.SlugField(max_length=40, verbose_name='rédaction')),
                    ('numero', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1)], verbose_name='version')),
                    ('titre', models.CharField(max_length=120, verbose_name='titre')),
                    ('texte', models.TextField(max_length=6000, validators=[beneficiaires.models.champs.sans_nir, django.core.validators.MinLengthValidator(20), clauses.models.clausier.redaction_valable], verbose_name='texte')),
                    ('motif', models.CharField(max_length=200, validators=[beneficiaires.models.champs.sans_nir], verbose_name='ce qui change')),
                    ('le', models.DateTimeField(verbose_name='publiée le')),
                    ('par', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('structure', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='comptes.organisation')),
                ],
                options={
                    'verbose_name': 'version d’une clause',
                    'ordering': ['code', '-numero'],
                },
            ),
            migrations.CreateModel(
                name='VersionClauseEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                    ('code', models.SlugField(db_index=False, max_length=40, verbose_name='rédaction')),
                    ('numero', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1)], verbose_name='version')),
                    ('titre', models.CharField(max_length=120, verbose_name='titre')),
                    ('texte', models.TextField(max_length=6000, validators=[beneficiaires.models.champs.sans_nir, django.core.validators.MinLengthValidator(20), clauses.models.clausier.redaction_valable], verbose_name='texte')),
                    ('motif', models.CharField(max_length=200, validators=[beneficiaires.models.champs.sans_nir], verbose_name='ce qui change')),
                    ('le', models.DateTimeField(verbose_name='publiée le')),
                    ('par', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clauses.versionclause')),
                    ('structure', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='comptes.organisation')),
                ],
                options={
                    'abstract': False,
                },
            ),
        ]),
        Ensemble([
            migrations.AddConstraint(
                model_name='clausecitee',
                constraint=models.UniqueConstraint(fields=('avis', 'code'), name='clause_citee_unique', violation_error_message='Cet avis cite déjà cette clause.'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='clausecitee',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clauses_clauseciteeevent" ("avis_id", "code", "id", "numero", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rang", "texte", "titre") VALUES (NEW."avis_id", NEW."code", NEW."id", NEW."numero", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."rang", NEW."texte", NEW."titre"); RETURN NULL;', hash='8c39bad481350619f16cfb3db8093dfd51e0de64', operation='INSERT', pgid='pgtrigger_insert_insert_d31a5', table='clauses_clausecitee', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='clausecitee',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "clauses_clauseciteeevent" ("avis_id", "code", "id", "numero", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rang", "texte", "titre") VALUES (NEW."avis_id", NEW."code", NEW."id", NEW."numero", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."rang", NEW."texte", NEW."titre"); RETURN NULL;', hash='a5d85cf26ca5aeeeef095e3f133cde1071ba313b', operation='UPDATE', pgid='pgtrigger_update_update_e5aad', table='clauses_clausecitee', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='clausecitee',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clauses_clauseciteeevent" ("avis_id", "code", "id", "numero", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rang", "texte", "titre") VALUES (OLD."avis_id", OLD."code", OLD."id", OLD."numero", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."rang", OLD."texte", OLD."titre"); RETURN NULL;', hash='ae0297c7280c0a482b69126d4e437ce25a874007', operation='DELETE', pgid='pgtrigger_delete_delete_8e909', table='clauses_clausecitee', when='AFTER')),
            ),
            migrations.AddConstraint(
                model_name='versionclause',
                constraint=models.UniqueConstraint(fields=('structure', 'code', 'numero'), name='version_clause_unique', violation_error_message='Une autre version vient d’être publiée\xa0: relisez-la, puis publiez la vôtre.'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='versionclause',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clauses_versionclauseevent" ("code", "id", "le", "motif", "numero", "par_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "structure_id", "texte", "titre") VALUES (NEW."code", NEW."id", NEW."le", NEW."motif", NEW."numero", NEW."par_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."structure_id", NEW."texte", NEW."titre"); RETURN NULL;', hash='9317adafd6575933edabc5328bbc8a3edf9f0222', operation='INSERT', pgid='pgtrigger_insert_insert_e42b8', table='clauses_versionclause', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='versionclause',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "clauses_versionclauseevent" ("code", "id", "le", "motif", "numero", "par_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "structure_id", "texte", "titre") VALUES (NEW."code", NEW."id", NEW."le", NEW."motif", NEW."numero", NEW."par_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."structure_id", NEW."texte", NEW."titre"); RETURN NULL;', hash='776c73ac809e4df8ebc87b6b69a12516d80d8388', operation='UPDATE', pgid='pgtrigger_update_update_3cdd0', table='clauses_versionclause', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='versionclause',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clauses_versionclauseevent" ("code", "id", "le", "motif", "numero", "par_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "structure_id", "texte", "titre") VALUES (OLD."code", OLD."id", OLD."le", OLD."motif", OLD."numero", OLD."par_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."structure_id", OLD."texte", OLD."titre"); RETURN NULL;', hash='ebd15a7d28244f9b3fbb1a348dad44bda6d40896', operation='DELETE', pgid='pgtrigger_delete_delete_8ec03', table='clauses_versionclause', when='AFTER')),
            ),
        ]),
    ]
