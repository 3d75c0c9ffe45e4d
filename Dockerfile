# The image of every part of Kumulus: `kumulus up --only PART`. Build: docker build -t kumulus:0.1.0 .
FROM node:24-bookworm-slim AS build
WORKDIR /kumulus
COPY package.json package-lock.json ./
# The base image brings Node; the packaged one is for machines that have none.
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /kumulus
COPY --from=build /kumulus/node_modules ./node_modules
COPY package.json LICENSE ./
COPY api ./api
COPY cli ./cli
COPY client ./client
COPY controllers ./controllers
COPY crds ./crds
COPY mesh ./mesh
COPY nodes ./nodes
COPY queue ./queue
COPY scheduler ./scheduler
COPY store ./store
COPY types ./types
USER 1000:1000
EXPOSE 6443
ENTRYPOINT ["node", "--disable-warning=ExperimentalWarning", "/kumulus/cli/kumulus.ts"]
CMD ["up", "--bind-address=0.0.0.0"]
