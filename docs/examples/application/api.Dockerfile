# An API in Python for a service of the kind `web`: nothing to build with, no root, nothing written but /tmp.
FROM python:3.12-slim AS build
COPY backend/requirements.txt .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes --requirement requirements.txt

FROM python:3.12-slim
# Fargate mounts the root file system read-only: no bytecode is written, and logs leave at once.
ENV PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /app
COPY --from=build /venv /venv
COPY backend/app ./app
# The user that the stack's task definitions name.
USER 10001:10001
EXPOSE 8080
# Without a shell between, so that SIGTERM reaches the server and requests end before the task does.
ENTRYPOINT ["uvicorn", "app.main:app", "--host", "0.0.0.0", "--port", "8080"]
