# The product: web, worker and command line. Rasa has an image of its own (deploy/rasa.Dockerfile).
FROM python:3.12-slim AS build
WORKDIR /srv/gridbot
COPY requirements requirements
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/dev.txt
COPY . .
RUN /venv/bin/python -m bot.assets && /venv/bin/pip install --no-build-isolation --no-deps . \
    && /venv/bin/gridbot nlu train

FROM python:3.12-slim
RUN useradd --system --create-home --home-dir /var/lib/gridbot gridbot
WORKDIR /srv/gridbot
COPY requirements requirements
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/app.txt
COPY --from=build /srv/gridbot /srv/gridbot
ENV PYTHONPATH=/srv/gridbot GRIDBOT_DATA_DIR=/var/lib/gridbot PATH=/venv/bin:$PATH
USER gridbot
EXPOSE 8000
ENTRYPOINT ["python", "-m", "bot"]
CMD ["serve", "--bind", "0.0.0.0:8000"]
