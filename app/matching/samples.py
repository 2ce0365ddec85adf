"""Texts an exported model is checked on before it is used."""

SAMPLE = (
    "Web developer",
    "Urdu to English translator",
    "Accountant",
    "C++ and embedded systems",
    "3D artist for mobile games",
    "Senior data engineer. Python, SQL, Apache Spark, Airflow. I move data between systems of "
    "banks and keep the nightly loads on time. Six years in payment companies.",
    "Logo and brand design for small shops, restaurants and clinics. Adobe Illustrator, Figma.",
    "We need a small website with a menu and opening hours, in English and German, that loads "
    "fast on a telephone. You get texts and photographs from us. Two rounds of changes.",
    "گلگت سے ویب ڈویلپر، پانچ سال کا تجربہ",
    "Bookkeeping for a chain of bakeries: monthly closing, payroll for forty people, and the "
    "yearly papers for the tax office. Excel and QuickBooks. Please name similar clients.",
    "Unity developer. C#, shaders, Blender. Past titles: gameplay programmer, technical artist.",
    "Customer support by e-mail and chat, evenings in Europe, friendly and exact English.",
)
"""Short and long, and not only English: what profiles and jobs are made of."""
