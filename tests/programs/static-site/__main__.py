"""A static site: a bucket that is a website, its files, and a distribution before it."""

import json
import mimetypes
from pathlib import Path

import pulumi
import pulumi_aws as aws

config = pulumi.Config()
path = config.require("path")
index = config.require("indexDocument")

bucket = aws.s3.Bucket("bucket", tags={"stage": pulumi.get_stack()})
website = aws.s3.BucketWebsiteConfiguration("website", bucket=bucket.bucket, index_document={"suffix": index})
ownership = aws.s3.BucketOwnershipControls(
    "ownership-controls", bucket=bucket.bucket, rule={"object_ownership": "ObjectWriter"}
)
public = aws.s3.BucketPublicAccessBlock("public-access-block", bucket=bucket.bucket, block_public_acls=False)

for file in sorted(Path(path).rglob("*")):
    if file.is_file():
        aws.s3.BucketObjectv2(
            str(file.relative_to(path)),
            bucket=bucket.bucket,
            key=str(file.relative_to(path)),
            source=pulumi.FileAsset(str(file)),
            content_type=mimetypes.guess_type(file)[0],
            acl="public-read",
            opts=pulumi.ResourceOptions(depends_on=[ownership, public, website]),
        )

policy = aws.s3.BucketPolicy(
    "read",
    bucket=bucket.bucket,
    policy=bucket.bucket.apply(
        lambda name: json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": "*",
                        "Action": ["s3:GetObject"],
                        "Resource": [f"arn:aws:s3:::{name}/*"],
                    }
                ],
            }
        )
    ),
)

cdn = aws.cloudfront.Distribution(
    "cdn",
    enabled=True,
    origins=[
        {
            "origin_id": bucket.arn,
            "domain_name": website.website_endpoint,
            "custom_origin_config": {
                "origin_protocol_policy": "http-only",
                "http_port": 80,
                "https_port": 443,
                "origin_ssl_protocols": ["TLSv1.2"],
            },
        }
    ],
    default_cache_behavior={
        "target_origin_id": bucket.arn,
        "viewer_protocol_policy": "redirect-to-https",
        "allowed_methods": ["GET", "HEAD", "OPTIONS"],
        "cached_methods": ["GET", "HEAD", "OPTIONS"],
        "forwarded_values": {"query_string": True, "cookies": {"forward": "all"}},
    },
    price_class="PriceClass_100",
    restrictions={"geo_restriction": {"restriction_type": "none"}},
    viewer_certificate={"cloudfront_default_certificate": True},
)

pulumi.export("url", pulumi.Output.concat("https://", cdn.domain_name))
