"""What is seen as a secret, and what isn't. None of these was ever one."""

import time

import pytest

from modelyard_policies.secrets import is_reference, names_secret, secret_kind

LETTERS = "abcdefghijABCDEFGHIJ0123456789klmnopqrstKLMNOPQRST"

KNOWN = {
    "a private key": "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn\n",
    "an AWS access key": "export X=AKIAIOSFODNN7EXAMPLE",
    "a GitHub token": f"git clone https://x:ghp_{LETTERS[:36]}@github.com/a/b",
    "a GitLab token": f"glpat-{LETTERS[:20]}",
    "a Hugging Face token": f"hf_{LETTERS[:34]}",
    "an NVIDIA API key": f"nvapi-{LETTERS}",
    "an API key of a model's provider": f"sk-proj-{LETTERS}",
    "a Weights & Biases key": f"wandb_v1_{LETTERS}",
    "a Slack token": f"xoxb-{LETTERS}",
    "a Slack webhook": f"https://hooks.slack.com/services/T01234567/B01234567/{LETTERS}",
    "a Google API key": f"AIza{LETTERS}",
    "a Stripe key": f"sk_live_{LETTERS}",
    "an npm token": f"npm_{LETTERS[:36]}",
    "a PyPI token": f"pypi-AgEIcHlwaS5vcmc{LETTERS}",
    "a Docker Hub token": f"dckr_pat_{LETTERS}",
    "a Pulumi access token": "pul-" + "0123456789" * 4,
    "a HashiCorp Vault token": f"hvs.{LETTERS}",
    "a client secret of Entra ID": f"abc8Q~{LETTERS[:34]}",
    "an Azure access key": f"AccountName=a;AccountKey={LETTERS}{LETTERS[:36]}==;",
    "a shared access signature": f"https://a.blob.core.windows.net/c?sv=2024&sig={LETTERS}%3D",
    "a JSON web token": f"eyJ{LETTERS}.eyJ{LETTERS}.{LETTERS}",
    "a password hash": "passwd: $6$rounds=4096$abcdefgh$0123456789abcdefghij",
    "credentials in a header": 'curl -H "Authorization: Bearer 0123456789abcdef"',
}

ASSIGNED = {
    "DB_PASSWORD=hunter2": "a password",
    "export DB_PASSWORD='hunter2'": "a password",
    "#DB_PASSWORD=hunter2": "a password",
    'docker run -e "POSTGRES_PASSWORD=password" postgres': "a password",
    "docker run --env=HF_TOKEN=abcd1234 image": "a token",
    "mysql --password=hunter2": "a password",
    "psql --password hunter2": "a password",
    "java -Dspring.datasource.password=hunter2 -jar a.jar": "a password",
    "kubeadm join 10.0.0.1:6443 --token abcdef.0123456789abcdef": "a token",
    "PASSWORD=${DB_PASSWORD:-hunter2}": "a password",
    "password = hunter2": "a password",
    '$Password = "Hunter 2!"': "a password",
    "password => 'hunter2',": "a password",
    "password: hunter2": "a password",
    "users:\n  - name: a\n    plain_text_passwd: hunter2  # of the console\n": "a password",
    'wandb_api_key: "0123456789abcdef"': "a key",
    '{"username":"a","password":"hunter2"}': "a password",
    r'echo "{\"client_secret\": \"abcd1234\"}" > /etc/a.json': "a secret",
    "Server=db;User=a;Password=hunter2;": "a password",
    "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY": "a key",
    "echo 'root:hunter2' | sudo chpasswd": "a password",
    "echo root:hunter2|chpasswd": "a password",
    "chpasswd:\n  expire: false\n  list: |\n    root:hunter2\n": "a password",
    "docker login -u a -p hunter2 registry.example": "a password",
    "curl -fsS -u 'a:hunter2' https://example.com": "a password",
    'ConvertTo-SecureString "hunter2" -AsPlainText': "a password",
    "postgres://a:hunter2@db.example/c": "a password",
    "PASSWORD=1234": "a password",
}

NOTHING = (
    "",
    "#!/bin/bash\nset -eu\nmount -t lustre fs@tcp:/x /scratch\n",
    'TOKEN=$(curl -X PUT -H "X-aws-ec2-metadata-token-ttl-seconds: 21600" http://169.254.169.254/latest)',
    'TOKEN="$(aws secretsmanager get-secret-value --secret-id db --query SecretString)"',
    "TOKEN=`curl -s http://169.254.169.254/latest/api/token`",
    'curl -H "X-aws-ec2-metadata-token: $TOKEN" http://169.254.169.254/latest/meta-data/',
    'curl -H "Authorization: Bearer $TOKEN" https://example.com',
    "DB_PASSWORD=$DB_PASSWORD_FROM_VAULT",
    'DB_PASSWORD="${PASSWORD}"',
    "DB_PASSWORD=${DB_PASSWORD:?must be set}",
    "DB_PASSWORD={{ db_password }}",
    "DB_PASSWORD=<your password>",
    "DB_PASSWORD='****'",
    "DB_PASSWORD=",
    "DB_PASSWORD=\nexport X=1",
    "DB_PASSWORD_FILE=/run/secrets/db",
    "DB_SECRET=arn:aws:secretsmanager:eu-west-1:111122223333:secret:db",
    "DB_SECRET=prod/db/password",
    "DB_SECRET_NAME=database",
    "docker build --secret id=npm,src=.npmrc .",
    "aws ecr get-login-password | docker login --username AWS --password-stdin registry",
    "docker run -u 1000:1000 image",
    "connect(user=user, password=password)",
    "connect(password=db_password, token=self.token)",
    "token = response",
    "token = response.json()['token']",
    "password = os.environ['DB_PASSWORD']",
    "def connect(password: str = None, token: str): ...",
    'if [ "$TOKEN" == "abcdef" ]; then',
    "PasswordAuthentication=no",
    "password_authentication: disabled",
    "a ALL=(ALL) NOPASSWD: ALL",
    "lock_passwd: true",
    "chpasswd:\n  list:\n    root:RANDOM\n",
    "# token: fetched below",
    "token: it is fetched by the agent",
    "MAX_TOKENS=4096 PAD_TOKEN=endoftext TOKENIZERS_PARALLELISM=false token_count: 123456",
    "SESSION_TOKEN=3600",
    "PWD=directory OLDPWD=elsewhere",
    "ssh_authorized_keys:\n  - ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI a@b",
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    "https://example.com:8443/path@2",
    "postgres://a:$PASSWORD@db.example/c",
    "echo a:b | tee log",
)


@pytest.mark.parametrize("kind", KNOWN)
def test_a_format_is_recognised(kind):
    assert secret_kind(f"first\n{KNOWN[kind]}\nlast") == kind


@pytest.mark.parametrize("text", ASSIGNED)
def test_a_literal_value_of_a_secret_name_is_recognised(text):
    assert secret_kind(text) == ASSIGNED[text]


@pytest.mark.parametrize("text", NOTHING)
def test_what_is_fetched_or_kept_elsewhere_is_no_secret(text):
    assert secret_kind(text) is None


@pytest.mark.parametrize(
    "name",
    [
        *("DB_PASSWORD", "dbPassword", "PGPASSWORD", "db-passwd", "SMTP_PASS", "ADMIN_PWD", "KEY_PASSPHRASE"),
        *("TOKEN", "HF_TOKEN", "SASToken", "AWS_SESSION_TOKEN", "authtoken", "GITHUB_TOKEN_RO", "TOKEN2"),
        *("CLIENT_SECRET", "SECRET_VALUE", "DB_CREDENTIALS", "DB_PASSWORD_PROD", "master_user_password"),
        *(
            "WANDB_API_KEY",
            "APIKey",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_ACCESS_KEY_ID",
            "PRIVATE_KEY",
            "AccountKey",
        ),
        *("ECS_ENGINE_AUTH_DATA", "SECRET_KEY_BASE"),
    ],
)
def test_a_name_says_that_its_value_is_secret(name):
    assert names_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        *("", "_", "é", "PASSWORD_FILE", "DB_SECRET_ARN", "DB_SECRET_NAME", "TOKEN_URL", "PASSWORD_LENGTH"),
        *("MAX_TOKENS", "PAD_TOKEN", "PAD_TOKEN_ID", "TOKENIZER", "TOKEN_EMBEDDING_DIM", "NUM_TOKEN"),
        *("PWD", "OLDPWD", "BYPASS", "FIRST_PASS", "COMPASS", "PASSWORDLESS", "SECRETS", "SECRETARY"),
        *("PUBLIC_KEY", "SSH_KEY_NAME", "PARTITION_KEY", "KEY", "KMS_KEY_ID", "TOKEN_TTL", "passwordKey"),
        *("GOOGLE_APPLICATION_CREDENTIALS", "PASSWORD_POLICY", "SECRET_ID", "KMS_KEY"),
    ],
)
def test_a_name_that_only_resembles_one_does_not(name):
    assert not names_secret(name)


@pytest.mark.parametrize(
    "value",
    [
        *("arn:aws:ssm:eu-west-1:111122223333:parameter/db", "/run/secrets/db", "./a", "~/.netrc", "prod/db"),
        *("$DB_PASSWORD", "${DB_PASSWORD}", "{{resolve:secretsmanager:db}}", "<password>", "alias/db"),
        *("https://vault.example/v1/db", "@Microsoft.KeyVault(SecretUri=https://a.vault.azure.net/b)"),
    ],
)
def test_a_value_says_where_the_secret_is(value):
    assert is_reference(value)


@pytest.mark.parametrize("value", ["hunter2", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "a$b", ""])
def test_a_value_that_may_be_the_secret_is_no_reference(value):
    assert not is_reference(value)


@pytest.mark.parametrize(
    "piece", ["a", " ", "a.", "a=", "token=", '"', "a: ", "http://a:", "curl ", "eyJ", "{,"]
)
def test_a_long_text_is_read_in_little_time(piece):
    # Of the processor, which others have to themselves meanwhile. Were it quadratic, it would be minutes.
    started = time.process_time()
    secret_kind(piece * 50_000)
    assert time.process_time() - started < 5
