"""The emoji names that people type between colons, and their characters."""

import re

# Names and characters alternate; the names are Slack's own. A name that is missing stays as typed.
_TABLE = """
grinning 😀 smiley 😃 smile 😄 grin 😁 laughing 😆 sweat_smile 😅 joy 😂 rofl 🤣
slightly_smiling_face 🙂 wink 😉 blush 😊 heart_eyes 😍 star-struck 🤩 yum 😋 sunglasses 😎 nerd_face 🤓
thinking_face 🤔 neutral_face 😐 expressionless 😑 no_mouth 😶 smirk 😏 unamused 😒
face_with_rolling_eyes 🙄 grimacing 😬 relieved 😌 pensive 😔 sleepy 😪 sleeping 😴 mask 😷
dizzy_face 😵 exploding_head 🤯 partying_face 🥳 confused 😕 worried 😟 white_frowning_face ☹️
open_mouth 😮 astonished 😲 flushed 😳 cry 😢 sob 😭 scream 😱 sweat 😓 tired_face 😫 triumph 😤 rage 😡
angry 😠 skull 💀 ghost 👻 robot_face 🤖 see_no_evil 🙈 saluting_face 🫡 melting_face 🫠
face_with_monocle 🧐 hugging_face 🤗 upside_down_face 🙃 wave 👋 raised_hand ✋ hand ✋ ok_hand 👌
v ✌️ crossed_fingers 🤞 point_left 👈 point_right 👉 point_up ☝️ point_up_2 👆 point_down 👇 +1 👍
thumbsup 👍 -1 👎 thumbsdown 👎 fist ✊ facepunch 👊 clap 👏 raised_hands 🙌 open_hands 👐 pray 🙏
handshake 🤝 writing_hand ✍️ muscle 💪 eyes 👀 eye 👁️ brain 🧠 bust_in_silhouette 👤
busts_in_silhouette 👥 speaking_head_in_silhouette 🗣️ man-raising-hand 🙋‍♂️
woman-raising-hand 🙋‍♀️ raising_hand 🙋 shrug 🤷 face_palm 🤦 technologist 🧑‍💻 firefighter 🧑‍🚒
male-firefighter 👨‍🚒 detective 🕵️ construction_worker 👷 superhero 🦸 cop 👮 guardsman 💂 runner 🏃
walking 🚶 family 👪 heart ❤️ broken_heart 💔 yellow_heart 💛 green_heart 💚 blue_heart 💙
purple_heart 💜 black_heart 🖤 orange_heart 🧡 100 💯 anger 💢 boom 💥 collision 💥 dizzy 💫
sweat_drops 💦 dash 💨 zzz 💤 speech_balloon 💬 thought_balloon 💭 left_speech_bubble 🗨️ fire 🔥
sparkles ✨ star ⭐ star2 🌟 zap ⚡ sunny ☀️ cloud ☁️ rain_cloud 🌧️ snowflake ❄️ rainbow 🌈
ocean 🌊 umbrella ☔ cyclone 🌀 tornado 🌪️ fog 🌫️ earth_africa 🌍 earth_americas 🌎 earth_asia 🌏
globe_with_meridians 🌐 world_map 🗺️ volcano 🌋 dog 🐶 cat 🐱 bug 🐛 bee 🐝 snail 🐌 turtle 🐢
whale 🐳 unicorn_face 🦄 owl 🦉 penguin 🐧 seedling 🌱 herb 🌿 four_leaf_clover 🍀 coffee ☕ tea 🍵
pizza 🍕 cake 🍰 birthday 🎂 beer 🍺 popcorn 🍿 apple 🍎 cookie 🍪 doughnut 🍩 tada 🎉 confetti_ball 🎊
balloon 🎈 gift 🎁 trophy 🏆 first_place_medal 🥇 medal 🏅 dart 🎯 art 🎨 soccer ⚽ jigsaw 🧩
performing_arts 🎭 car 🚗 bus 🚌 ambulance 🚑 fire_engine 🚒 police_car 🚓 rotating_light 🚨
vertical_traffic_light 🚦 traffic_light 🚥 construction 🚧 octagonal_sign 🛑 anchor ⚓ airplane ✈️
rocket 🚀 helicopter 🚁 ship 🚢 train 🚆 house 🏠 office 🏢 hospital 🏥 bank 🏦 factory 🏭
telephone ☎️ phone ☎️ telephone_receiver 📞 iphone 📱 calling 📲 pager 📟 fax 📠 headphones 🎧
microphone 🎤 studio_microphone 🎙️ loudspeaker 📢 mega 📣 bell 🔔 no_bell 🔕 mute 🔇 speaker 🔈
sound 🔉 loud_sound 🔊 radio 📻 tv 📺 satellite_antenna 📡 computer 💻 desktop_computer 🖥️
keyboard ⌨️ printer 🖨️ floppy_disk 💾 cd 💿 minidisc 💽 battery 🔋 electric_plug 🔌 bulb 💡
flashlight 🔦 mag 🔍 mag_right 🔎 lock 🔒 unlock 🔓 closed_lock_with_key 🔐 key 🔑 hammer 🔨 wrench 🔧
hammer_and_wrench 🛠️ nut_and_bolt 🔩 gear ⚙️ link 🔗 paperclip 📎 linked_paperclips 🖇️ pushpin 📌
round_pushpin 📍 triangular_flag_on_post 🚩 checkered_flag 🏁 flag-white 🏳️ scissors ✂️ pencil 📝
memo 📝 pencil2 ✏️ lower_left_fountain_pen 🖋️ black_nib ✒️ crayon 🖍️ file_folder 📁
open_file_folder 📂 card_index_dividers 🗂️ date 📅 calendar 📆 spiral_calendar_pad 🗓️ card_index 📇
chart_with_upwards_trend 📈 chart_with_downwards_trend 📉 bar_chart 📊 clipboard 📋 page_facing_up 📄
page_with_curl 📃 bookmark_tabs 📑 bookmark 🔖 label 🏷️ books 📚 book 📖 open_book 📖 notebook 📓
ledger 📒 newspaper 📰 scroll 📜 package 📦 mailbox 📫 inbox_tray 📥 outbox_tray 📤 email 📧 e-mail 📧
envelope ✉️ incoming_envelope 📨 envelope_with_arrow 📩 ballot_box_with_ballot 🗳️ moneybag 💰
money_with_wings 💸 credit_card 💳 receipt 🧾 hourglass ⌛ hourglass_flowing_sand ⏳ watch ⌚
alarm_clock ⏰ stopwatch ⏱️ timer_clock ⏲️ mantelpiece_clock 🕰️ clock1 🕐 clock3 🕒 clock4 🕓
clock6 🕕 clock9 🕘 clock12 🕛 sunrise 🌅 night_with_stars 🌃 crescent_moon 🌙 full_moon 🌕
white_check_mark ✅ heavy_check_mark ✔️ ballot_box_with_check ☑️ x ❌ negative_squared_cross_mark ❎
heavy_multiplication_x ✖️ heavy_plus_sign ➕ heavy_minus_sign ➖ question ❓ grey_question ❔
exclamation ❗ heavy_exclamation_mark ❗ grey_exclamation ❕ bangbang ‼️ interrobang ⁉️ warning ⚠️
no_entry ⛔ no_entry_sign 🚫 radioactive_sign ☢️ biohazard_sign ☣️ information_source ℹ️ sos 🆘
new 🆕 ok 🆗 up 🆙 cool 🆒 free 🆓 arrow_up ⬆️ arrow_down ⬇️ arrow_left ⬅️ arrow_right ➡️
arrow_upper_right ↗️ arrow_lower_right ↘️ leftwards_arrow_with_hook ↩️ arrow_right_hook ↪️
arrows_counterclockwise 🔄 arrows_clockwise 🔃 repeat 🔁 twisted_rightwards_arrows 🔀 back 🔙 end 🔚
soon 🔜 top 🔝 arrow_forward ▶️ black_right_pointing_triangle_with_double_vertical_bar ⏯️
double_vertical_bar ⏸️ black_square_for_stop ⏹️ fast_forward ⏩ rewind ⏪
black_right_pointing_double_triangle_with_vertical_bar ⏭️ arrow_up_small 🔼 arrow_down_small 🔽
infinity ♾️ recycle ♻️ red_circle 🔴 large_orange_circle 🟠 large_yellow_circle 🟡
large_green_circle 🟢 large_blue_circle 🔵 large_purple_circle 🟣 large_brown_circle 🟤 black_circle ⚫
white_circle ⚪ large_red_square 🟥 large_orange_square 🟧 large_yellow_square 🟨 large_green_square 🟩
large_blue_square 🟦 large_purple_square 🟪 black_large_square ⬛ white_large_square ⬜
black_medium_square ◼️ white_medium_square ◻️ small_red_triangle 🔺 small_red_triangle_down 🔻
large_orange_diamond 🔶 large_blue_diamond 🔷 small_orange_diamond 🔸 small_blue_diamond 🔹
diamond_shape_with_a_dot_inside 💠 radio_button 🔘 shield 🛡️ crossed_swords ⚔️ balance_scale ⚖️
scales ⚖️ chains ⛓️ ladder 🪜 syringe 💉 pill 💊 adhesive_bandage 🩹 stethoscope 🩺
fire_extinguisher 🧯 toolbox 🧰 magnet 🧲 test_tube 🧪 microscope 🔬 telescope 🔭 crown 👑 gem 💎
mortar_board 🎓 tophat 🎩 helmet_with_white_cross ⛑️ ring 💍 door 🚪 bed 🛏️ shopping_trolley 🛒
ticket 🎫 admission_tickets 🎟️ one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ six 6️⃣
seven 7️⃣ eight 8️⃣ nine 9️⃣ zero 0️⃣ keycap_ten 🔟 hash #️⃣ 1234 🔢 abc 🔤 flag-ph 🇵🇭
flag-gb 🇬🇧 flag-fr 🇫🇷 flag-in 🇮🇳 flag-us 🇺🇸 flag-jp 🇯🇵 flag-es 🇪🇸 flag-mx 🇲🇽 flag-de 🇩🇪
flag-br 🇧🇷 flag-co 🇨🇴 flag-za 🇿🇦
"""

_WORDS = _TABLE.split()
CHARACTERS = dict(zip(_WORDS[::2], _WORDS[1::2], strict=True))

# The picker's first row: common reactions to messages about operations.
QUICK = (
    "+1",
    "eyes",
    "white_check_mark",
    "raised_hands",
    "tada",
    "heart",
    "fire",
    "pushpin",
    "thinking_face",
    "x",
)

_SKIN_TONES = {str(tone): chr(0x1F3FB + tone - 2) for tone in range(2, 7)}
_TONES = {character: f":skin-tone-{tone}:" for tone, character in _SKIN_TONES.items()}
# The first name of a character is the one that Slack gives it.
_NAMES = {character: name for name, character in reversed(CHARACTERS.items())}
_CHARACTER = re.compile(
    f"({'|'.join(sorted(map(re.escape, _NAMES), key=len, reverse=True))})([{''.join(_TONES)}])?"
)
_NAMED = re.compile(r":([a-z0-9_+'-]+):(?::skin-tone-([2-6]):)?")


def character(name: str) -> str:
    """The character called `name`, or `:name:` itself if it is not in the table."""
    base, _, tone = name.partition("::skin-tone-")
    known = CHARACTERS.get(base)
    if known is None:
        return f":{name}:"
    return known + _SKIN_TONES.get(tone, "")


def with_characters(text: str) -> str:
    """The text with every known `:name:` replaced by its character."""
    return _NAMED.sub(_character_of, text)


def with_names(text: str) -> str:
    """The reverse: text in which the emoji of the keyboard are names, as Slack stores and delivers them."""
    return _CHARACTER.sub(lambda found: f":{_NAMES[found[1]]}:" + (_TONES.get(found[2] or "", "")), text)


def _character_of(named: re.Match[str]) -> str:
    known = CHARACTERS.get(named[1])
    if known is None:
        return named[0]
    return known + _SKIN_TONES.get(named[2] or "", "")
