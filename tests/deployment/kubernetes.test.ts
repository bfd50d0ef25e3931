import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Deployment, StatefulSet } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { Job } from 'kubernetes-models/batch/v1';
import { Ingress, NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, Service } from 'kubernetes-models/v1';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';

const folders = ['infra/nats', 'infra/k8s/base', 'infra/k8s/overlays/production'];
const models = [
  ConfigMap,
  Deployment,
  HorizontalPodAutoscaler,
  Ingress,
  Job,
  NetworkPolicy,
  PodDisruptionBudget,
  Service,
  StatefulSet,
];
const manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
});
type Manifest = z.infer<typeof manifest>;

const manifestsOf = (file: string): Manifest[] =>
  parseAllDocuments(readFileSync(file, 'utf8')).map((document) => manifest.parse(document.toJS()));

const files = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml')
    .map((name) => join(folder, name)),
);
const all = files.flatMap(manifestsOf);

const validate = (found: Manifest): void => {
  const Model = models.find((candidate) => new candidate({}).kind === found.kind);
  if (Model === undefined) throw new Error(`No schema for ${found.apiVersion} ${found.kind}`);
  const made = new Model(found);
  expect(made.apiVersion).toBe(found.apiVersion);
  made.validate();
};

describe('infra/k8s', () => {
  test.each(all.map((found) => [`${found.kind} ${found.metadata.name}`, found] as const))(
    '%s is what the Kubernetes API takes',
    (_name, found) => {
      expect(() => validate(found)).not.toThrow();
    },
  );

  test('a wrong member would be noticed', () => {
    expect(() =>
      validate({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' }, spec: { ports: 'none' } }),
    ).toThrow();
  });

  test('each kustomization lists files that are there, and all of them', () => {
    for (const folder of folders) {
      const text = readFileSync(join(folder, 'kustomization.yaml'), 'utf8');
      const { resources } = z.object({ resources: z.array(z.string()) }).parse(parseAllDocuments(text)[0]?.toJS());
      const present = readdirSync(folder).filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml');
      expect(resources.filter((name) => name.endsWith('.yaml')).sort()).toEqual(present.sort());
    }
  });

  test('the NATS server is given public keys only, one for each user, and its whole configuration', () => {
    const text = readFileSync('infra/nats/stateful-set.yaml', 'utf8');
    expect(text).not.toContain('SEED');
    const keys = [...readFileSync('infra/nats/users.conf', 'utf8').matchAll(/nkey: \$(\w+)/g)];
    expect(keys).toHaveLength(6);
    for (const [, name = ''] of keys) expect(text).toContain(`secretKeyRef: { name: parley-nats, key: ${name} }`);
    const files = readdirSync('infra/nats').filter((name) => name.endsWith('.conf'));
    const kustomization = readFileSync('infra/nats/kustomization.yaml', 'utf8');
    for (const name of files) expect(kustomization).toContain(name);
  });

  test.each(['gateway', 'provisioning', 'knowledge', 'chat', 'memory'])(
    '%s has a deployment with probes, an autoscaler and a disruption budget, and no secret in it',
    (name) => {
      const kinds = all.filter((found) => found.metadata.name === name).map((found) => found.kind);
      expect(kinds).toEqual(expect.arrayContaining(['Deployment', 'HorizontalPodAutoscaler', 'PodDisruptionBudget']));
      const text = readFileSync(`infra/k8s/base/${name}.yaml`, 'utf8');
      expect(text).toContain("command: ['node', 'dist/services/main.js', '" + name + "']");
      expect(text).toMatch(/readinessProbe:[^]*livenessProbe:|livenessProbe:[^]*readinessProbe:/);
      expect(text).toContain('secretRef: { name: parley }');
      expect(text).toContain(`secretKeyRef: { name: parley-nats, key: NATS_NKEY_SEED_${name.toUpperCase()} }`);
    },
  );
});
