{{/* The release's name in front of everything, cut to what a label may hold. */}}
{{- define "kumulus.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Selector labels of one component: dict "root" $ "component" "api" */}}
{{- define "kumulus.selector" -}}
app.kubernetes.io/name: {{ default .root.Chart.Name .root.Values.nameOverride }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "kumulus.labels" -}}
{{ include "kumulus.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "kumulus.image" -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}

{{/* What all pods have in common: dict "root" $ "component" … */}}
{{- define "kumulus.podMeta" -}}
labels:
  {{- include "kumulus.labels" . | nindent 2 }}
{{- with .root.Values.podAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "kumulus.podPlacement" -}}
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  seccompProfile: { type: RuntimeDefault }
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "kumulus.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end -}}

{{- define "kumulus.redisUrlEnv" -}}
- name: REDIS_URL
  valueFrom:
    secretKeyRef: { name: {{ include "kumulus.fullname" . }}-redis, key: url }
{{- end -}}

{{/* A part that works for the API: dict "root" $ "part" "scheduler" "values" .Values.scheduler "args" list "redis" bool "port" int */}}
{{- define "kumulus.partContainer" -}}
- name: {{ .part }}
  image: {{ include "kumulus.image" .root }}
  imagePullPolicy: {{ .root.Values.image.pullPolicy }}
  args:
    - up
    - --only={{ .part }}
    - --kubeconfig=/etc/kumulus/kubeconfig/{{ .part }}.kubeconfig
    - --data-dir=/var/lib/kumulus/{{ .part }}
    - --healthz-bind-address=0.0.0.0
    - --healthz-port={{ .port }}
    {{- range .args }}
    - {{ . }}
    {{- end }}
    {{- range .values.extraArgs }}
    - {{ . | quote }}
    {{- end }}
  {{- if .redis }}
  env:
    {{- include "kumulus.redisUrlEnv" .root | nindent 4 }}
  {{- end }}
  ports:
    - { name: health-{{ .part | trunc 8 }}, containerPort: {{ .port }} }
  livenessProbe:
    httpGet: { path: /livez, port: {{ .port }} }
    periodSeconds: 10
    failureThreshold: 6
  readinessProbe:
    httpGet: { path: /readyz, port: {{ .port }} }
    periodSeconds: 5
  {{- include "kumulus.containerSecurity" .root | nindent 2 }}
  resources:
    {{- toYaml .values.resources | nindent 4 }}
  volumeMounts:
    - { name: kubeconfig, mountPath: /etc/kumulus/kubeconfig, readOnly: true }
    - { name: data, mountPath: /var/lib/kumulus }
    - { name: tmp, mountPath: /tmp }
{{- end -}}

{{/* Each pod gets the kubeconfigs of its own parts alone: dict "root" $ "parts" list … */}}
{{- define "kumulus.partVolumes" -}}
- name: kubeconfig
  secret:
    secretName: {{ include "kumulus.fullname" .root }}-kubeconfigs
    defaultMode: 0440
    items:
      {{- range .parts }}
      - { key: {{ . }}.kubeconfig, path: {{ . }}.kubeconfig }
      {{- end }}
- { name: data, emptyDir: {} }
- { name: tmp, emptyDir: {} }
{{- end -}}
