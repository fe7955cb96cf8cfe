# Rasa's own Python 3.10 environment: trains from nlu/data when the image is built, serves /model/parse.
FROM python:3.10-slim
WORKDIR /srv/gridbot
COPY nlu nlu
RUN pip install --no-cache-dir --require-hashes -r nlu/rasa_project/requirements.txt
RUN python nlu/rasa_project/manage.py train
EXPOSE 5005
CMD ["sh", "-c", "rasa run --enable-api --model nlu/rasa_project/models --port 5005 --auth-token \"$RASA_TOKEN\""]
