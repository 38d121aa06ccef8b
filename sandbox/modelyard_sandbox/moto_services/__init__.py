"""Services that moto has nothing of, laid out as moto lays out its own: it finds them as `moto.NAME`.

They are bare; `moto_extensions` adds their operations as it does to moto's.
"""
