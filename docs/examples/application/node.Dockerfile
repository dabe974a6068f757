# An application on Node for a service of the kind `web`: nothing to build with, no root, nothing written but /tmp.
FROM node:22-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:22-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# The user that the stack's task definitions name.
USER 10001:10001
EXPOSE 3000
# Not `npm start`, which keeps SIGTERM to itself.
ENTRYPOINT ["node", "dist/server.js"]
